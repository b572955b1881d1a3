"""An example: the platform of one account and region, as `platform.yaml` beside this file describes it."""

from pathlib import Path

from mlstack_stacks.platform import Platform

platform = Platform.from_spec(Path(__file__).parent / "platform.yaml")
