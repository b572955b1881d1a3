"""The endpoint that serves the released model version: real-time, asynchronous or serverless."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pulumi
import pulumi_aws as aws

from mlstack_components.aws.endpoint_asynchronous import AsynchronousArgs, async_inference_config
from mlstack_components.aws.endpoint_capture import CaptureArgs, data_capture_config
from mlstack_components.aws.endpoint_rollout import RolloutArgs, deployment_config
from mlstack_components.aws.endpoint_serverless import ServerlessArgs, serverless_config
from mlstack_components.aws.endpoint_variants import (
    VariantArgs,
    further_variants,
    remaining_weight,
    shadow_variants,
    variant_model_name,
)
from mlstack_components.aws.instance_types import has_local_storage
from mlstack_components.aws.names import VARIANT_NAME

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mlstack_components.aws.batch_args import BatchTransformArgs
    from mlstack_components.aws.network import Network, NetworkInput


@dataclass(frozen=True, kw_only=True)
class EndpointArgs:
    """What an endpoint is made from."""

    endpoint_name: str
    """The endpoint's name, 1 to 63 letters, digits and hyphens: clients call it, so it is chosen."""
    model_package_arn: str | None
    """The released version, known before resources are declared; None as long as nothing was released."""
    role_arn: pulumi.Input[str]
    """The role that the model runs under."""
    encryption_key_arn: pulumi.Input[str]
    """The key of the instances' volumes and of the logs."""
    instance_type: str
    """The instance type, such as `ml.m5.large`."""
    instance_count: int = 1
    """How many instances serve; production wants two or more, in different zones."""
    capture: CaptureArgs | None = None
    """Which calls are kept, and where; None keeps none."""
    rollout: RolloutArgs | None = None
    """How calls go over to a new model; None for all at once, unwatched."""
    asynchronous: AsynchronousArgs | None = None
    """Lets calls wait in a queue and writes their answers to a bucket; None answers them at once."""
    serverless: ServerlessArgs | None = None
    """Serves without instances, network and isolation; `instance_type` and `instance_count` mean nothing then."""
    variants: Sequence[VariantArgs] = ()
    """Further versions that answer a share of the calls; at most 9, and not beside a shadow."""
    shadow: VariantArgs | None = None
    """A version that gets copies of calls, and answers nobody."""
    network_isolation: bool = True
    """Whether the container has no network. Off only for containers that call out; say why where it is set."""
    network: NetworkInput | None = None
    """The VPC of the instances; SageMaker's own network where None."""
    log_retention_days: int = 365
    """How long the container's logs are kept."""
    tags: dict[str, str] = field(default_factory=dict)
    """The tags of all resources."""
    release_tags: dict[str, str] = field(default_factory=dict)
    """Further tags of model and endpoint configuration, such as the commit that they were made from."""


class Endpoint(pulumi.ComponentResource):
    """A SageMaker model, endpoint configuration and endpoint, and the endpoint's log group.

    The component exists from the first update on; model, configuration and endpoint follow with the first release.
    Model and configuration are kept when they are replaced: SageMaker rolls a failed update back to the old ones, which
    must then still be there. Rules: SageMaker.4, SageMaker.5, CKV_AWS_98, CKV_AWS_370.
    """

    endpoint_name: pulumi.Output[str | None]
    """The endpoint's name, None before the first release."""
    arn: pulumi.Output[str | None]
    """The endpoint's ARN, None before the first release."""
    endpoint_config_name: pulumi.Output[str | None]
    """The endpoint configuration that is intended, None before the first release."""
    model_name: pulumi.Output[str | None]
    """The model that is intended, None before the first release."""
    log_group_name: pulumi.Output[str]
    """The log group of the model's containers."""
    log_group: aws.cloudwatch.LogGroup
    """The log group."""
    model: aws.sagemaker.Model | None
    """The model; None before the first release, and so for the others."""
    variant_models: dict[str, aws.sagemaker.Model]
    """The models of further variants and of the shadow, by the variants' names."""
    configuration: aws.sagemaker.EndpointConfiguration | None
    """The endpoint configuration."""
    endpoint: aws.sagemaker.Endpoint | None
    """The endpoint."""

    def __init__(self, name: str, args: EndpointArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("mlstack:aws:Endpoint", name, {}, opts)
        self.log_group = log_group = aws.cloudwatch.LogGroup(
            f"{name}-endpoint-logs",
            aws.cloudwatch.LogGroupArgs(
                name=f"/aws/sagemaker/Endpoints/{args.endpoint_name}",
                kms_key_id=args.encryption_key_arn,
                retention_in_days=args.log_retention_days,
                tags=args.tags,
            ),
            pulumi.ResourceOptions(parent=self),
        )
        self.log_group_name = log_group.name
        self.model = self.configuration = self.endpoint = None
        self.variant_models = {}
        if args.model_package_arn is None:
            self._wait_for_release()
        else:
            self._serve(name, args, args.model_package_arn, log_group)
        self.register_outputs(
            {
                "endpoint_name": self.endpoint_name,
                "arn": self.arn,
                "endpoint_config_name": self.endpoint_config_name,
                "model_name": self.model_name,
                "log_group_name": self.log_group_name,
            }
        )

    def _wait_for_release(self) -> None:
        nothing: pulumi.Output[str | None] = pulumi.Output.from_input(None)
        self.endpoint_name = self.arn = self.endpoint_config_name = self.model_name = nothing

    def _serve(self, name: str, args: EndpointArgs, model_package_arn: str, log_group: aws.cloudwatch.LogGroup) -> None:
        kept = pulumi.ResourceOptions(parent=self, retain_on_delete=True)
        self.model = model = aws.sagemaker.Model(f"{name}-model", model_args(args, model_package_arn), kept)
        further = [*args.variants, *([] if args.shadow is None else [args.shadow])]
        self.variant_models = {
            each.name: aws.sagemaker.Model(
                variant_model_name(name, each.name), model_args(args, each.model_package_arn), kept
            )
            for each in further
        }
        self.configuration = configuration = aws.sagemaker.EndpointConfiguration(
            f"{name}-endpoint-configuration",
            aws.sagemaker.EndpointConfigurationArgs(
                kms_key_arn=args.encryption_key_arn if has_encrypted_volume(args) else None,
                production_variants=[
                    production_variant(args, model.name),
                    *further_variants(args.variants, self.variant_models),
                ],
                shadow_production_variants=shadow_variants(args.shadow, self.variant_models),
                data_capture_config=None if args.capture is None else data_capture_config(args.capture),
                async_inference_config=None
                if args.asynchronous is None
                else async_inference_config(args.asynchronous, args.endpoint_name),
                tags={**args.tags, **args.release_tags},
            ),
            kept,
        )
        self.endpoint = endpoint = aws.sagemaker.Endpoint(
            f"{name}-endpoint",
            aws.sagemaker.EndpointArgs(
                name=args.endpoint_name,
                endpoint_config_name=configuration.name,
                deployment_config=None if args.rollout is None else deployment_config(args.rollout),
                tags=args.tags,
            ),
            # SageMaker makes no endpoint of one kind into one of another, and the name is chosen.
            pulumi.ResourceOptions(
                parent=self, depends_on=[log_group], replacement_trigger=kind_of(args), delete_before_replace=True
            ),
        )
        self.endpoint_name = endpoint.name
        self.arn = endpoint.arn
        self.endpoint_config_name = configuration.name
        self.model_name = model.name


def kind_of(args: EndpointArgs) -> str:
    """Return the kind of endpoint that arguments make, in SageMaker's words.

    Args:
        args: The endpoint's arguments.
    """
    if args.asynchronous is not None:
        return "asynchronous"
    return "real-time" if args.serverless is None else "serverless"


def has_encrypted_volume(args: EndpointArgs) -> bool:
    """Return whether there is a storage volume that SageMaker encrypts with a given key.

    Args:
        args: The endpoint's arguments.
    """
    return args.serverless is None and not has_local_storage(args.instance_type)


def production_variant(
    args: EndpointArgs, model_name: pulumi.Input[str]
) -> aws.sagemaker.EndpointConfigurationProductionVariantArgs:
    """Return the production variant of the released version.

    Args:
        args: The endpoint's arguments.
        model_name: The model.
    """
    capacity: dict[str, object] = (
        {"instance_type": args.instance_type, "initial_instance_count": args.instance_count}
        if args.serverless is None
        else {"serverless_config": serverless_config(args.serverless)}
    )
    return aws.sagemaker.EndpointConfigurationProductionVariantArgs(
        variant_name=VARIANT_NAME,
        model_name=model_name,
        initial_variant_weight=remaining_weight(args.variants),
        **capacity,  # type: ignore[arg-type]
    )


def model_args(args: EndpointArgs | BatchTransformArgs, model_package_arn: str) -> aws.sagemaker.ModelArgs:
    """Return the model of a registered version.

    Args:
        args: The arguments of what serves it.
        model_package_arn: The version's ARN; image, artifact and environment come from it.
    """
    # Serverless inference has neither isolation nor a network of one's own
    # (https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints.html).
    serverless = isinstance(args, EndpointArgs) and args.serverless is not None
    return aws.sagemaker.ModelArgs(
        execution_role_arn=args.role_arn,
        enable_network_isolation=args.network_isolation and not serverless,
        primary_container=aws.sagemaker.ModelPrimaryContainerArgs(model_package_name=model_package_arn),
        vpc_config=None if args.network is None or serverless else _vpc_config(args.network),
        tags={**args.tags, **args.release_tags},
    )


def _vpc_config(network: NetworkInput) -> aws.sagemaker.ModelVpcConfigArgs:
    known: pulumi.Output[Network] = pulumi.Output.from_input(network)
    return aws.sagemaker.ModelVpcConfigArgs(
        subnets=known.apply(lambda each: list(each.subnet_ids)),
        security_group_ids=known.apply(lambda each: list(each.security_group_ids)),
    )
