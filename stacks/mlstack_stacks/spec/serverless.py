"""The group `serving.serverless` of mlstack.yaml: an endpoint without machines of its own."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, ValidationInfo, field_validator

from mlstack_stacks.spec.base import SpecModel
from mlstack_stacks.spec.values import wrong

# ProductionVariantServerlessConfig in SageMaker's API reference.
_Concurrency = Annotated[int, Field(ge=1, le=200)]


class Serverless(SpecModel):
    """How large a model that is started when it is called may be, and how many calls it takes at once."""

    memory_mb: Literal[1024, 2048, 3072, 4096, 5120, 6144] = 2048
    """The memory of the model, in MB; processors come in proportion."""
    max_concurrency: _Concurrency = 5
    """How many calls are worked on at once; more are refused, and their callers have to try again."""
    provisioned_concurrency: _Concurrency | None = None
    """For how many calls at once the model is kept ready, which costs all the time; none by default."""

    @field_validator("provisioned_concurrency")
    @classmethod
    def _not_above(cls, provisioned: int | None, info: ValidationInfo) -> int | None:
        most = info.data.get("max_concurrency")
        if provisioned is not None and most is not None and provisioned > most:
            raise wrong(
                f"provisioned_concurrency is {provisioned}, above max_concurrency, which is {most}.",
                f"Write {most} or less.",
            )
        return provisioned
