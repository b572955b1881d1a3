"""The part `data` of mlstack.yaml."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from mlstack_stacks.spec.base import SpecModel
from mlstack_stacks.spec.values import RelativePath  # noqa: TC001 - pydantic reads the annotation


class Data(SpecModel):
    """The data that training starts from."""

    source: RelativePath
    """The file of the project that is uploaded to the data bucket, relative to this file."""
    target: Annotated[str, Field(min_length=1, max_length=256)] | None = None
    """The column that the model predicts."""
