"""`python -m mlstack` is the command line."""

from mlstack.main import run

run()
