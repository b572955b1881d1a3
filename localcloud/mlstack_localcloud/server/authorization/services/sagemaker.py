"""SageMaker: the resources of its operations, and what an operation needs beside its own action.

Operations that create with tags need `sagemaker:AddTags` too, and those that take a role need `iam:PassRole` on it:
https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsagemaker.html
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from ..access import Access, Place, arn
from ..sources import account_of
from .common import tag_keys

if TYPE_CHECKING:
    from ..context import Values

Document = dict[str, Any]

_SERVICE = "sagemaker.amazonaws.com"
_WORDS = re.compile(r"(?<=[a-z])(?=[A-Z])")
_VERBS = re.compile(r"(?:Create|Delete|Describe|Get|List|Put|Retry|Search|Start|Stop|Update|Invoke)")
# The member that names the resource, where it is not the noun and `Name`, such as TrainingJobName.
_WITH_CONFIG = ("CreateEndpoint", "UpdateEndpoint")
_EXECUTION = "PipelineExecutionArn"
_OPERATIONS = {
    "StartPipelineExecution": ("pipeline", "PipelineName"),
    "ListPipelineExecutions": ("pipeline", "PipelineName"),
    "ListPipelineExecutionSteps": ("pipeline", _EXECUTION),
    "ListPipelineParametersForExecution": ("pipeline", _EXECUTION),
    "DescribePipelineDefinitionForExecution": ("pipeline", _EXECUTION),
    "ListTrainingJobsForHyperParameterTuningJob": ("hyper-parameter-tuning-job", "HyperParameterTuningJobName"),
    **dict.fromkeys(("PutRecord", "GetRecord", "DeleteRecord", "ListRecords"), ("feature-group", "FeatureGroupName")),
    **{
        f"{verb}{kind}JobDefinition": (f"{_WORDS.sub('-', kind).lower()}-job-definition", "JobDefinitionName")
        for verb in ("Create", "Delete", "Describe")
        for kind in ("DataQuality", "ModelBias", "ModelExplainability", "ModelQuality")
    },
    **dict.fromkeys(
        (
            *(f"{verb}MlflowTrackingServer" for verb in ("Create", "Delete", "Describe", "Start", "Stop", "Update")),
            "CreatePresignedMlflowTrackingServerUrl",
        ),
        ("mlflow-tracking-server", "TrackingServerName"),
    ),
    **dict.fromkeys((f"{verb}Domain" for verb in ("Delete", "Describe", "Update")), ("domain", "DomainId")),
    "UpdateEndpointWeightsAndCapacities": ("endpoint", "EndpointName"),
    "AddTags": ("", "ResourceArn"),
    "DeleteTags": ("", "ResourceArn"),
    "ListTags": ("", "ResourceArn"),
    "UpdateModelPackage": ("model-package", "ModelPackageArn"),
    "PutModelPackageGroupPolicy": ("model-package-group", "ModelPackageGroupName"),
    "GetModelPackageGroupPolicy": ("model-package-group", "ModelPackageGroupName"),
    "DeleteModelPackageGroupPolicy": ("model-package-group", "ModelPackageGroupName"),
    "ListModelPackages": ("model-package-group", "ModelPackageGroupName"),
}


def accesses(operation: str, request: Document, place: Place) -> list[Access]:
    """Return what an operation needs.

    Args:
        operation: The operation.
        request: Its members.
        place: Account and region of its caller.
    """
    keys = _keys(request)
    resources = _resources(operation, request, place) or ["*"]
    found = [Access(f"sagemaker:{operation}", resource, keys) for resource in resources]
    if request.get("Tags") and operation.startswith("Create"):
        found += [Access("sagemaker:AddTags", resource, keys) for resource in resources[:1]]
    for role in passed_roles(operation, request):
        passed: dict[str, Values] = {
            "iam:passedtoservice": (_SERVICE,),
            "iam:associatedresourcearn": (resources[0],),
        }
        found.append(Access("iam:PassRole", role, passed))
    return found


def invocation(endpoint: str, place: Place, *, asynchronous: bool = False) -> Access:
    """Return what an invocation of an endpoint needs."""
    action = "sagemaker:InvokeEndpointAsync" if asynchronous else "sagemaker:InvokeEndpoint"
    return Access(action, arn("sagemaker", place, f"endpoint/{endpoint}"))


def passed_roles(operation: str, request: Document) -> list[str]:
    """Return the roles that an operation hands to SageMaker."""
    if not operation.startswith(("Create", "Update")):
        return []
    definition = request.get("TrainingJobDefinition") or {}
    settings = request.get("DefaultUserSettings") or request.get("UserSettings") or {}
    given = (
        request.get("RoleArn"),
        request.get("ExecutionRoleArn"),
        definition.get("RoleArn"),
        settings.get("ExecutionRole"),
    )
    return [role for role in given if isinstance(role, str)]


def _resources(operation: str, request: Document, place: Place) -> list[str]:
    if operation in _WITH_CONFIG and request.get("EndpointConfigName"):
        return [
            arn("sagemaker", place, f"endpoint/{request['EndpointName']}"),
            arn("sagemaker", place, f"endpoint-config/{request['EndpointConfigName']}"),
        ]
    if operation == "BatchGetRecord":
        groups = dict.fromkeys(each["FeatureGroupName"] for each in request["Identifiers"])
        return [name if ":" in name else arn("sagemaker", place, f"feature-group/{name}") for name in groups]
    if operation == "CreateModelPackage" and request.get("ModelPackageGroupName"):
        named = request["ModelPackageGroupName"]
        group, place = _last(named), place._replace(account=account_of(named) or place.account)
        # The version has no number yet.
        return [
            arn("sagemaker", place, f"model-package-group/{group}"),
            arn("sagemaker", place, f"model-package/{group}/*"),
        ]
    noun = _VERBS.sub("", operation, count=1)
    if noun == "UserProfile" and "UserProfileName" in request:
        profile = f"user-profile/{request.get('DomainId')}/{request['UserProfileName']}"
        return [arn("sagemaker", place, profile)]
    kind, member = _OPERATIONS.get(operation, (_WORDS.sub("-", noun).lower(), f"{noun}Name"))
    if noun == "PipelineExecution" and operation not in _OPERATIONS:
        kind, member = "pipeline", _EXECUTION
    name = request.get(member)
    if not isinstance(name, str):
        return []
    return [name] if name.startswith("arn:") else [arn("sagemaker", place, f"{kind}/{name}")]


def _last(name_or_arn: str) -> str:
    return name_or_arn.rpartition("/")[2]


def _keys(request: Document) -> dict[str, Values]:
    cluster = (
        request.get("ResourceConfig")
        or request.get("TransformResources")
        or (request.get("ProcessingResources") or {}).get("ClusterConfig")
        or {}
    )
    output = (
        request.get("OutputDataConfig") or request.get("TransformOutput") or request.get("ProcessingOutputConfig") or {}
    )
    network = request.get("NetworkConfig") or request
    vpc = network.get("VpcConfig") or {}
    variants = [each for each in request.get("ProductionVariants") or [] if isinstance(each, dict)]
    types = [cluster.get("InstanceType"), *(variant.get("InstanceType") for variant in variants)]
    isolation, traffic = (
        network.get(f"Enable{name}") for name in ("NetworkIsolation", "InterContainerTrafficEncryption")
    )
    values: dict[str, list[Any]] = {
        "sagemaker:instancetypes": types,
        "sagemaker:volumekmskey": [cluster.get("VolumeKmsKeyId"), request.get("KmsKeyId")],
        "sagemaker:outputkmskey": [output.get("KmsKeyId")],
        "sagemaker:vpcsubnets": vpc.get("Subnets") or [],
        "sagemaker:vpcsecuritygroupids": vpc.get("SecurityGroupIds") or [],
        "sagemaker:networkisolation": [isolation],
        "sagemaker:intercontainertrafficencryption": [traffic],
    }
    keys = {key: tuple(_text(each) for each in given if each is not None) for key, given in values.items()}
    return {**{key: given for key, given in keys.items() if given}, **tag_keys(request)}


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
