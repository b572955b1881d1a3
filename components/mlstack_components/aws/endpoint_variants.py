"""Further model versions behind one endpoint: production variants that answer a share of the calls, and a shadow.

A shadow variant gets copies of calls, and its answers go nowhere but to metrics and captured calls. An endpoint has up
to ten production variants, or one and a shadow (CreateEndpointConfig in SageMaker's API reference).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pulumi_aws as aws

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


_LONGEST_MODEL_NAME = 63 - 8


@dataclass(frozen=True, kw_only=True)
class VariantArgs:
    """A model version beside the released one."""

    name: str
    """The variant's name, 1 to 63 letters, digits and hyphens."""
    model_package_arn: str
    """The version, known before resources are declared."""
    percent: int
    """The share of the calls that it answers, 1 to 99; of a shadow, how many of them it gets a copy of, 1 to 100."""
    instance_type: str
    """The instance type, such as `ml.m5.large`."""
    instance_count: int = 1
    """How many instances it has."""


def variant_model_name(name: str, variant: str) -> str:
    """Return the logical name of a variant's model.

    The variant comes last, so that the model of a variant `b` beside the model `a` of a project is not called like that
    of its model `a-b`. The provider adds a hyphen and seven characters, and a model's name has 63 at most
    (CreateModel), so that of a variant with a long name has a part of its hash instead.

    Args:
        name: The endpoint component's name, at most 40 characters.
        variant: The variant's name.
    """
    readable = f"{name}-model-{variant}"
    if len(readable) <= _LONGEST_MODEL_NAME:
        return readable
    return f"{name}-model-{hashlib.sha256(variant.encode()).hexdigest()[:8]}"


def remaining_weight(variants: Sequence[VariantArgs]) -> int:
    """Return the weight of the released version, the first variant.

    Args:
        variants: The others. Where there are none it answers all calls, whatever its weight.
    """
    return 100 - sum(each.percent for each in variants) if variants else 1


def further_variants(
    variants: Sequence[VariantArgs], models: Mapping[str, aws.sagemaker.Model]
) -> list[aws.sagemaker.EndpointConfigurationProductionVariantArgs]:
    """Return the production variants beside the first one.

    Args:
        variants: The variants.
        models: Their models, by the variants' names.
    """
    return [
        aws.sagemaker.EndpointConfigurationProductionVariantArgs(
            variant_name=each.name,
            model_name=models[each.name].name,
            instance_type=each.instance_type,
            initial_instance_count=each.instance_count,
            initial_variant_weight=each.percent,
        )
        for each in variants
    ]


def shadow_variants(
    shadow: VariantArgs | None, models: Mapping[str, aws.sagemaker.Model]
) -> list[aws.sagemaker.EndpointConfigurationShadowProductionVariantArgs] | None:
    """Return the shadow variant: its weight beside the first variant's, which is 1, is its share.

    Args:
        shadow: The shadow, or None.
        models: The models, by the variants' names.
    """
    if shadow is None:
        return None
    return [
        aws.sagemaker.EndpointConfigurationShadowProductionVariantArgs(
            variant_name=shadow.name,
            model_name=models[shadow.name].name,
            instance_type=shadow.instance_type,
            initial_instance_count=shadow.instance_count,
            initial_variant_weight=shadow.percent / 100,
        )
    ]
