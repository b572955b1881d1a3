#!/bin/sh
# The main job, command by command: each line is shown before it runs, with the seconds it took.
# Run it with `make demo`. A second run goes on with the project and the local cloud that are there.
set -eu

step() {
    if [ -t 1 ]; then printf '\n\033[1m$ %s\033[0m\n' "$*"; else printf '\n$ %s\n' "$*"; fi
    started=$(date +%s)
    "$@"
    echo "($(($(date +%s) - started)) s)"
}

step mlstack engine install

if [ -f weather/mlstack.yaml ]; then
    printf '\nweather/ is there from an earlier run: going on with it.\n'
else
    step mlstack init realtime weather --yes
fi
cd weather

step mlstack up local
step mlstack run local
step mlstack models approve
step mlstack release local
step mlstack invoke local --file sample.csv
step mlstack status local

cat <<'NEXT'

The model answers on your machine. What to do next:

  cd weather                                  the project is yours: edit src/, then
  mlstack run local --set max_depth=8         train again with another hyperparameter
  mlstack plan local                          what the environment consists of
  eval "$(mlstack local env)"                 plain pulumi, aws and boto3 now speak to the local cloud
  (cd infra && pulumi preview -s local)       no change: the release left the state true
  mlstack destroy local --delete-data         take it all down
  mlstack local stop                          end the local cloud (its state is kept)

The mlstack command is in .venv/bin of this checkout: . .venv/bin/activate
NEXT
