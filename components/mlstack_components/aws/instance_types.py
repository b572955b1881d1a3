"""What instance types differ in, as far as SageMaker's API treats them differently."""

from __future__ import annotations

import re
from typing import Literal

from mlstack_components.errors import UserError

_FAMILY = re.compile(r"^ml\.(?P<family>[a-z]+\d+(?P<options>[a-z]*)(?:-[a-z0-9]+)?)\.")
_ACCELERATED_WITH_LOCAL_STORAGE = re.compile(r"^(g5|g6|g6e|gr6|p5|p5e|p5en|p6|trn1|trn1n|trn2|i\d)")


def has_local_storage(instance_type: str) -> bool:
    """Tell whether an instance type stores on a disk of its own, which its hardware encrypts.

    SageMaker refuses a volume key for these
    (https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ResourceConfig.html, `VolumeKmsKeyId`).
    By EC2's naming convention a `d` among a family's options says so
    (https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-type-names.html); accelerated families have it
    without saying.

    Args:
        instance_type: The type, such as `ml.g5.xlarge`.
    """
    match = _FAMILY.match(instance_type)
    if match is None:
        return False
    return "d" in match["options"] or _ACCELERATED_WITH_LOCAL_STORAGE.match(match["family"]) is not None


def volume_key(instance_type: str, key_arn: str) -> str | None:
    """Return the key of an instance's volume, or None where the hardware encrypts it by itself.

    Args:
        instance_type: The instance type.
        key_arn: The key of the environment.
    """
    return None if has_local_storage(instance_type) else key_arn


def processors(instance_type: str) -> int:
    """Return how many processors (vCPUs) an instance type has, as EC2 and SageMaker size their families.

    Source: https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-type-names.html; a `large` has two, an
    `xlarge` four, an `Nxlarge` N times as many. A `medium` has one, except in the burstable families.

    Args:
        instance_type: The instance type, such as `ml.m5.large`.

    Raises:
        UserError: The size does not say it.
    """
    family, _, size = instance_type.removeprefix("ml.").partition(".")
    if size.endswith("xlarge"):
        return 4 * int(size.removesuffix("xlarge") or 1)
    if size == "large":
        return 2
    if size == "medium":
        return 2 if family.startswith("t") else 1
    raise UserError(
        f"How many processors {instance_type} has is not known, so an alarm on their use has no threshold.",
        next_step="Leave `monitoring.alarms.cpu_percent` out with `null`, or choose another size.",
    )


def processor_kind(instance_type: str) -> Literal["cpu", "gpu", "neuron"]:
    """Return what an instance type computes with: its processor, a graphics processor, or AWS's own accelerator.

    Source: https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-type-names.html; families that begin with `g`
    or `p` have graphics processors, `inf` and `trn` Inferentia and Trainium, as the sagemaker SDK takes them, too.

    Args:
        instance_type: The instance type, such as `ml.g5.xlarge`.
    """
    family = instance_type.removeprefix("ml.").partition(".")[0]
    if family.startswith(("inf", "trn")):
        return "neuron"
    return "gpu" if family.startswith(("g", "p")) else "cpu"
