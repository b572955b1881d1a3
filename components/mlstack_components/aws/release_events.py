"""Which events start a release by itself and tell of its failure, and what a build is given, as pure functions."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mlstack_components.aws.release_commands import GROUP_VARIABLE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pulumi


def approved_pattern(groups: Sequence[str]) -> str:
    """Return the EventBridge pattern of versions that are approved.

    Source: https://docs.aws.amazon.com/sagemaker/latest/dg/automating-sagemaker-with-eventbridge.html

    Args:
        groups: The model package groups.
    """
    detail = {"ModelPackageGroupName": list(groups), "ModelApprovalStatus": ["Approved"]}
    return _pattern("aws.sagemaker", "SageMaker Model Package State Change", detail)


@dataclass(frozen=True)
class ForwardedVersions:
    """Versions of other accounts' registries, whose events come by a bus.

    Attributes:
        groups: The ARNs of the model package groups, by name.
        bus_name: The event bus that hears of them.
    """

    groups: Mapping[str, str]
    bus_name: pulumi.Input[str]


def staged_pattern(groups: Sequence[str], environment: str) -> str:
    """Return the EventBridge pattern of versions that are approved for an environment of another account.

    Source: https://docs.aws.amazon.com/sagemaker/latest/dg/model-registry-staging-construct-event-bridge.html

    Args:
        groups: The model package groups.
        environment: The environment, which is the stage of a version's life cycle.
    """
    stage = {"Stage": [environment], "StageStatus": ["Approved"]}
    detail = {"ModelPackageGroupName": list(groups), "ModelApprovalStatus": ["Approved"], "ModelLifeCycle": stage}
    return _pattern("aws.sagemaker", "SageMaker Model Package State Change", detail)


def failed_pattern(project: str) -> str:
    """Return the EventBridge pattern of builds that ended in any other way than well.

    Source: https://docs.aws.amazon.com/codebuild/latest/userguide/sample-build-notifications.html

    Args:
        project: The build project.
    """
    statuses = ["FAILED", "FAULT", "STOPPED", "TIMED_OUT"]
    return _pattern(
        "aws.codebuild", "CodeBuild Build State Change", {"project-name": [project], "build-status": statuses}
    )


def build_input(version: str | None) -> str:
    """Return what StartBuild is given, as EventBridge's template: which version of the bundle, and whose approval.

    Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html

    Args:
        version: The version of the bundle's object.
    """
    # A placeholder of EventBridge's stands without quotes, which are put around what takes its place.
    variables = '[{"name":"' + GROUP_VARIABLE + '","type":"PLAINTEXT","value":<group>}]'
    return f'{{"sourceVersion":{json.dumps(version)},"environmentVariablesOverride":{variables}}}'


def _pattern(source: str, detail_type: str, detail: Mapping[str, Any]) -> str:
    return json.dumps({"source": [source], "detail-type": [detail_type], "detail": detail}, separators=(",", ":"))
