"""What `steps.train` may ask for beyond one machine that is always there."""

from __future__ import annotations

import re
from typing import Annotated

from mlstack_components.errors import quoted
from pydantic import AfterValidator, Field, WithJsonSchema

from mlstack_stacks.spec.base import SpecModel
from mlstack_stacks.spec.images import NAME_SCHEMA, is_name
from mlstack_stacks.spec.values import wrong

# MaxRuntimeInSeconds and MaxWaitTimeInSeconds of a training job: 28 days
# (docs.aws.amazon.com/sagemaker/latest/APIReference/API_StoppingCondition.html).
MAX_TRAINING_MINUTES = 40320

# KeepAlivePeriodInSeconds: an hour (docs.aws.amazon.com/sagemaker/latest/APIReference/API_ResourceConfig.html).
MAX_WARM_POOL_MINUTES = 60
# More than the default quota of any type; what an account really has is its quota.
MAX_INSTANCES = 100

TrainingMinutes = Annotated[int, Field(ge=1, le=MAX_TRAINING_MINUTES)]


_IMAGE = re.compile(
    r"[0-9]{12}\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.amazonaws\.com(?:\.cn)?"
    r"/[a-z0-9]+(?:[._/-]+[a-z0-9]+)*(?P<version>:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}|@sha256:[0-9a-f]{64})?"
)
# JSON schema knows no named groups.
_PLAIN_IMAGE = re.sub(r"\?P<\w+>", "", _IMAGE.pattern).removesuffix("?")
_EXAMPLE = "111111111111.dkr.ecr.eu-west-1.amazonaws.com/churn:1.0"


def _check_image(value: str) -> str:
    if is_name(value):
        return value
    match = _IMAGE.fullmatch(value)
    if match is None:
        raise wrong(f"{quoted(value)} is not the address of an image in ECR.", f'Such as "{_EXAMPLE}".')
    if match["version"] is None:
        raise wrong(f"{quoted(value)} names no version.", f'Add a tag or a digest, such as "{value}:1.0".')
    return value


def image_region(address: str) -> str:
    """The region of the registry that an image lies in; jobs pull from their own region alone.

    Args:
        address: The image's address.
    """
    match = _IMAGE.fullmatch(address)
    return match["region"] if match else ""


ImageAddress = Annotated[
    str,
    AfterValidator(_check_image),
    WithJsonSchema({"type": "string", "pattern": f"^{_PLAIN_IMAGE}$|{NAME_SCHEMA}", "examples": [_EXAMPLE, "train"]}),
]
"""The name of an image of `images`, or the address of one."""
# ContainerEntrypoint of AlgorithmSpecification: 100 words of 256 characters.
Command = Annotated[
    tuple[Annotated[str, Field(min_length=1, max_length=256)], ...], Field(min_length=1, max_length=100)
]


class Spot(SpecModel):
    """Spare machines at a lower price, which the cloud may take away: training goes on from its last checkpoint."""

    max_wait_minutes: TrainingMinutes
    """How long training may take with all waiting for machines, in minutes; at least `max_runtime_minutes`."""
