"""The live endpoint, its models and what is left of former ones, as SageMaker describes them."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from mlstack_components.errors import MlstackError

from mlstack.cloud.errors import is_missing
from mlstack.release.proof import LiveEndpoint, Variant
from mlstack.release.sweep import Inventory

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from mypy_boto3_sagemaker import SageMakerClient

    from mlstack.release.sweep import Sweep

_MEMBERS = ("ProductionVariants", "ShadowProductionVariants")
_POLL_SECONDS = 1.0
# Pulumi's provider waits as long for an endpoint: terraform-provider-aws, sagemaker/wait.go.
_LONGEST_SECONDS = 60 * 60


def read_endpoint(sagemaker: SageMakerClient, name: str) -> LiveEndpoint | None:
    """Describe an endpoint down to the model packages behind it.

    Args:
        sagemaker: A client.
        name: The endpoint's name.

    Returns:
        The endpoint, or None where there is none.
    """
    from botocore.exceptions import ClientError

    try:
        described: Any = sagemaker.describe_endpoint(EndpointName=name)
    except ClientError as error:
        if is_missing(error):
            return None
        raise
    configuration = described["EndpointConfigName"]
    running = {variant["VariantName"]: variant for member in _MEMBERS for variant in described.get(member, [])}
    variants = [
        _variant(sagemaker, configured, running.get(configured["VariantName"], {}))
        for configured in _configured(sagemaker, configuration)
    ]
    return LiveEndpoint(
        name=name,
        status=described["EndpointStatus"],
        configuration_name=configuration,
        variants=tuple(variants),
        failure_reason=described.get("FailureReason"),
        pending="PendingDeploymentSummary" in described,
        asynchronous="AsyncInferenceConfig" in described,
    )


def _configured(sagemaker: SageMakerClient, configuration: str) -> list[Any]:
    """The variants of an endpoint configuration, its shadow last; none where it was deleted meanwhile."""
    from botocore.exceptions import ClientError

    try:
        described: Any = sagemaker.describe_endpoint_config(EndpointConfigName=configuration)
    except ClientError as error:
        if is_missing(error):
            return []
        raise
    return [
        {**variant, "Shadow": member == _MEMBERS[1]} for member in _MEMBERS for variant in described.get(member, [])
    ]


def _models(sagemaker: SageMakerClient, configuration: str) -> frozenset[str]:
    return frozenset(variant.get("ModelName", "") for variant in _configured(sagemaker, configuration))


def _variant(sagemaker: SageMakerClient, configured: Any, running: Any) -> Variant:
    from botocore.exceptions import ClientError

    model, package = configured.get("ModelName", ""), None
    try:
        described: Any = sagemaker.describe_model(ModelName=model)
        containers = [described.get("PrimaryContainer", {}), *described.get("Containers", [])]
        package = next((each["ModelPackageName"] for each in containers if "ModelPackageName" in each), None)
    except ClientError as error:
        if not is_missing(error):
            raise
    serverless = running.get("CurrentServerlessConfig") or configured.get("ServerlessConfig") or {}
    return Variant(
        configured["VariantName"],
        model,
        package,
        running.get("CurrentInstanceCount"),
        running.get("DesiredInstanceCount"),
        configured.get("InitialInstanceCount"),
        serverless.get("MemorySizeInMB"),
        serverless.get("MaxConcurrency"),
        running.get("CurrentWeight"),
        bool(configured["Shadow"]),
    )


def wait_until_settled(
    sagemaker: SageMakerClient, name: str, *, sleep: Callable[[float], object] = time.sleep
) -> LiveEndpoint | None:
    """Wait until the endpoint is on its way to nowhere.

    Args:
        sagemaker: A client.
        name: The endpoint's name.
        sleep: Waits.

    Returns:
        The endpoint, or None where there is none.

    Raises:
        MlstackError: It is still changing after an hour.
    """
    deadline = time.monotonic() + _LONGEST_SECONDS
    while True:
        live = read_endpoint(sagemaker, name)
        if live is None or not live.changing:
            return live
        if time.monotonic() > deadline:
            raise MlstackError(
                f"The endpoint {name} is still {live.status} after an hour.",
                next_step="Look at `mlstack status` later.",
            )
        sleep(_POLL_SECONDS)


def read_inventory(
    sagemaker: SageMakerClient, tags: dict[str, str], before: datetime, kept: Iterable[str]
) -> Inventory:
    """List the models and endpoint configurations of one project and environment, and what is in use.

    Args:
        sagemaker: A client.
        tags: The tags that tell this project and environment.
        before: Only what was made before this time counts; younger ones may be another update's.
        kept: Names of models and configurations that Pulumi's state holds.
    """
    state = frozenset(kept)
    pages = sagemaker.get_paginator("list_endpoint_configs").paginate()
    every = [entry for page in pages for entry in page["EndpointConfigs"]]
    models_by_configuration = {
        entry["EndpointConfigName"]: _models(sagemaker, entry["EndpointConfigName"]) for entry in every
    }
    own = {
        entry["EndpointConfigName"]
        for entry in every
        if entry["CreationTime"] < before and _has_tags(sagemaker, entry["EndpointConfigArn"], tags)
    }
    others = [models for name, models in models_by_configuration.items() if name not in own]
    return Inventory(
        configurations={name: models_by_configuration[name] for name in own},
        models=frozenset(_own_models(sagemaker, tags, before)),
        configurations_in_use=_configurations_in_use(sagemaker) | state,
        models_in_use=state.union(*others),
    )


def _own_models(sagemaker: SageMakerClient, tags: dict[str, str], before: datetime) -> list[str]:
    pages = sagemaker.get_paginator("list_models").paginate()
    return [
        entry["ModelName"]
        for page in pages
        for entry in page["Models"]
        if entry["CreationTime"] < before and _has_tags(sagemaker, entry["ModelArn"], tags)
    ]


def _configurations_in_use(sagemaker: SageMakerClient) -> frozenset[str]:
    pages = sagemaker.get_paginator("list_endpoints").paginate()
    names = [entry["EndpointName"] for page in pages for entry in page["Endpoints"]]
    described: list[Any] = [sagemaker.describe_endpoint(EndpointName=name) for name in names]
    # While a deployment is under way the endpoint needs both configurations.
    pending = [each["PendingDeploymentSummary"] for each in described if "PendingDeploymentSummary" in each]
    return frozenset(each["EndpointConfigName"] for each in [*described, *pending])


def _has_tags(sagemaker: SageMakerClient, arn: str, wanted: dict[str, str]) -> bool:
    pages = sagemaker.get_paginator("list_tags").paginate(ResourceArn=arn)
    tags = {tag["Key"]: tag["Value"] for page in pages for tag in page["Tags"]}
    return wanted.items() <= tags.items()


def sweep(sagemaker: SageMakerClient, planned: Sweep) -> None:
    """Delete what nothing refers to.

    Args:
        sagemaker: A client.
        planned: What to delete.
    """
    for name in planned.configurations:
        sagemaker.delete_endpoint_config(EndpointConfigName=name)
    for name in planned.models:
        sagemaker.delete_model(ModelName=name)
