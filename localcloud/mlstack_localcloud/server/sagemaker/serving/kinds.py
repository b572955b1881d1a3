"""What endpoint configurations of serverless and of asynchronous endpoints may hold.

Sources: ProductionVariantServerlessConfig and AsyncInferenceConfig in SageMaker's API reference, and the features that
serverless inference has not: https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlstack_localcloud.server.sagemaker.errors import validation_error

if TYPE_CHECKING:
    from mlstack_localcloud.server.sagemaker.ports import Document

_GIGABYTE = 1024


def check(request: Document, models: list[Document]) -> None:
    """Refuse a configuration that contradicts itself.

    Args:
        request: The CreateEndpointConfig.
        models: The models of its variants, in their order.

    Raises:
        ServiceError: It does.
    """
    serverless = [each for each in request["ProductionVariants"] if "ServerlessConfig" in each]
    if serverless:
        _check_serverless(request, serverless, models)
    asynchronous = request.get("AsyncInferenceConfig")
    if request.get("ShadowProductionVariants"):
        _check_shadow(request)
    if asynchronous is None:
        return
    if serverless:
        raise validation_error("AsyncInferenceConfig is not supported for serverless variants.")
    if len(request["ProductionVariants"]) > 1:
        raise validation_error("AsyncInferenceConfig is supported with one production variant only.")
    if not asynchronous["OutputConfig"].get("S3OutputPath"):
        # AWS makes a default path in a bucket of the account's own, which this cloud has not.
        raise validation_error("AsyncInferenceConfig.OutputConfig needs an S3OutputPath.")


def _check_shadow(request: Document) -> None:
    """One shadow beside one variant (CreateEndpointConfig in the API reference), where calls are answered at once."""
    if len(request["ProductionVariants"]) > 1 or len(request["ShadowProductionVariants"]) > 1:
        raise validation_error(
            "If ShadowProductionVariants is used, one variant can be specified for ProductionVariants and one for "
            "ShadowProductionVariants."
        )
    if "AsyncInferenceConfig" in request:
        raise validation_error("ShadowProductionVariants is not supported for asynchronous endpoints.")
    if "ServerlessConfig" in request["ShadowProductionVariants"][0]:
        raise validation_error("ServerlessConfig is not supported for shadow variants.")


def _check_serverless(request: Document, variants: list[Document], models: list[Document]) -> None:
    if len(request["ProductionVariants"]) > 1:
        raise validation_error("Serverless inference supports one production variant.")
    for member in ("DataCaptureConfig", "ShadowProductionVariants"):
        if request.get(member):
            raise validation_error(f"{member} is not supported for serverless variants.")
    for variant, model in zip(variants, models, strict=True):
        _check_variant(variant, model)


def _check_variant(variant: Document, model: Document) -> None:
    name, config = variant["VariantName"], variant["ServerlessConfig"]
    for member in ("InstanceType", "InitialInstanceCount"):
        if member in variant:
            raise validation_error(f"Production variant {name} has both ServerlessConfig and {member}.")
    if config["MemorySizeInMB"] % _GIGABYTE:
        raise validation_error(
            f"MemorySizeInMB of production variant {name} must be one of 1024, 2048, 3072, 4096, 5120 and 6144."
        )
    if config.get("ProvisionedConcurrency", 0) > config["MaxConcurrency"]:
        raise validation_error(f"ProvisionedConcurrency of production variant {name} is above its MaxConcurrency.")
    if model.get("VpcConfig"):
        raise validation_error(
            f"Serverless inference does not support VpcConfig, which model {model['ModelName']} has."
        )
    if model.get("EnableNetworkIsolation"):
        raise validation_error(
            f"Serverless inference does not support network isolation, which model {model['ModelName']} has."
        )
