"""What the build of a release does, as the text of its buildspec.

It installs mlstack and the engine that `mlstack bootstrap` put beside the state, from there and from no index: the
newest set is named by the SHA-256 of its manifest, the manifest names that of the list of hashes, and `install.sh`
compares every file with the list. Without such a bucket the machine has mlstack already.
"""

from __future__ import annotations

import json
import shlex
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mlstack_components.aws.release_policies import ReleaseStateArgs

GROUP_VARIABLE = "MLSTACK_MODEL_PACKAGE_GROUP"
"""The environment variable that says which model package group's approval started a build."""
WAIT_MINUTES = 60
"""How long a build waits for a release of somebody else's to end."""


def buildspec(environment: str, models: Mapping[str, str], state: ReleaseStateArgs | None, python: str) -> str:
    """Return the buildspec of a release.

    Args:
        environment: The environment.
        models: The models by their model package groups; a project's one model without a name is empty.
        state: Where the packages are; None where mlstack is there.
        python: The version of Python that the packages are for.
    """
    phases: dict[str, object] = {}
    if state is not None:
        phases["install"] = {"runtime-versions": {"python": python}, "commands": _install(state.bucket)}
    named = {group: model for group, model in models.items() if model}
    cases = " ".join(f"{shlex.quote(group)}) model={shlex.quote(model)};;" for group, model in named.items())
    choose = [f'case "${GROUP_VARIABLE}" in {cases} esac'] if named else []
    release = f"mlstack release {shlex.quote(environment)} --wait {WAIT_MINUTES}"
    phases["build"] = {"commands": [*choose, f'{release} --model "$model"' if named else release]}
    return json.dumps({"version": 0.2, "env": {"shell": "bash"}, "phases": phases}, separators=(",", ":"))


def _install(bucket: str) -> list[str]:
    packages = f"s3://{bucket}/packages"
    prefix = "import json; print(json.load(open('/tmp/newest.json'))['prefix'].split('/')[1])"
    return [
        f"aws s3 cp --only-show-errors {packages}/manifest.json /tmp/newest.json",
        f'set=$(python3 -c "{prefix}")',
        f'aws s3 cp --only-show-errors --recursive "{packages}/$set/" /tmp/packages/',
        'echo "$set  /tmp/packages/manifest.json" | sha256sum --check --quiet',
        'grep -q "$(sha256sum < /tmp/packages/SHA256SUMS | cut -d" " -f1)" /tmp/packages/manifest.json',
        "sh /tmp/packages/install.sh",
    ]
