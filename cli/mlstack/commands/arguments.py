"""Arguments and options that several commands share, so that they read and behave alike."""

from __future__ import annotations

from typing import Annotated

import typer

Environment = Annotated[str, typer.Argument(help="The environment, as in mlstack.yaml.")]
EnvironmentOption = Annotated[str, typer.Option("--environment", "-e", help="The environment, as in mlstack.yaml.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Model = Annotated[str | None, typer.Option("--model", help="The model, where mlstack.yaml has several.")]
DEFAULT = "local"
