"""Reading the release pointer: which model version an environment's endpoint serves."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pulumi

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mlstack_stacks.naming import Names


@dataclass(frozen=True)
class Released:
    """What the release pointer says.

    Attributes:
        model_package_arn: The model package that the environment serves, or None as long as nothing is released.
        instance_count: How many instances served when it was released; 0 where that is not known.
        baseline_uri: The S3 folder of its baseline, or None where it has none.
        variants: The model packages of further variants, by their names; without those that nothing was released to.
        quality_baseline_uri: The S3 folder of the baseline of its predictions, likewise.
        variant_counts: How many instances further variants had, by their names; without those where it is not known.
    """

    model_package_arn: str | None
    instance_count: int
    baseline_uri: str | None = None
    variants: Mapping[str, str] = field(default_factory=dict)
    quality_baseline_uri: str | None = None
    variant_counts: Mapping[str, int] = field(default_factory=dict)


def released(names: Names, parent: pulumi.Resource, variants: Sequence[str] = ()) -> Released:
    """Read the release pointer.

    Args:
        names: The environment's names.
        parent: The component whose provider is asked.
        variants: The names of further variants.
    """
    # By path, since reading a single parameter fails where there is none. By its token, since pulumi_aws.ssm with all
    # its classes takes longer to import than everything else of an endpoint takes to be declared.
    found = pulumi.runtime.invoke(
        "aws:ssm/getParametersByPath:getParametersByPath",
        {"path": names.release_path, "withDecryption": False},
        pulumi.InvokeOptions(parent=parent),
    ).value
    values = dict(zip(found.get("names") or (), found.get("values") or (), strict=True))
    count = values.get(names.instance_count_parameter, "")
    return Released(
        values.get(names.release_parameter),
        int(count) if count.isdecimal() else 0,
        values.get(names.baseline_parameter),
        {each: values[parameter] for each in variants if (parameter := names.variant_parameter(each)) in values},
        values.get(names.quality_baseline_parameter),
        {
            each: int(count)
            for each in variants
            if (count := values.get(names.variant_count_parameter(each), "")).isdecimal()
        },
    )
