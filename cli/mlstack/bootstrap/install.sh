#!/bin/sh
# Installs mlstack and the Pulumi engine from the folder that this file is in. No package index is asked, and what was
# changed on the way is refused. Needs Python with pip; takes the interpreter in $PYTHON, or python3.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
(cd "$here" && sha256sum --check --quiet SHA256SUMS)
"${PYTHON:-python3}" -m pip install --disable-pip-version-check --no-index --find-links "$here" --require-hashes \
    --requirement "$here/requirements.txt"
for archive in "$here"/pulumi-*.tar.gz; do
    version=$(basename "$archive" | sed -n 's/^pulumi-v\{0,1\}\([0-9][0-9.]*[0-9]\)-.*/\1/p')
    engine="${MLSTACK_HOME:-$HOME/.mlstack}/engine/$version/bin"
    mkdir -p "$engine"
    tar -xzf "$archive" -C "$engine" --strip-components 1
done
