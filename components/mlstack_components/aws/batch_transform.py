"""Batches of predictions: the released model, the pipeline that scores data with it, and what starts that."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pulumi
import pulumi_aws as aws

from mlstack_components.aws.batch_args import BatchTransformArgs, TransformArgs
from mlstack_components.aws.batch_definition import (
    INPUT_BUCKET,
    INPUT_KEY,
    BatchDefinitionArgs,
    batch_definition,
)
from mlstack_components.aws.batch_policies import batch_pipeline_policy, start_policy
from mlstack_components.aws.endpoint import model_args
from mlstack_components.aws.names import PREDICTIONS_PREFIX, s3_uri
from mlstack_components.aws.policies import trust_policy
from mlstack_components.aws.scaling_schedule import cron_schedule
from mlstack_components.aws.undelivered import UNDELIVERED_SECONDS, queue_policy

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["BatchTransform", "BatchTransformArgs", "TransformArgs"]


class BatchTransform(pulumi.ComponentResource):
    """A SageMaker model, a pipeline of one transform job, and the EventBridge rules that start it.

    The roles and the bucket's events are there from the first update on; model, pipeline and rules follow with the
    first release. A model that is replaced is kept, for a batch that runs may still need it. Rules: CKV_AWS_370,
    IAM.1, IAM.21, CKV_AWS_60 to 63, 286 to 290, 355.
    """

    pipeline_name: pulumi.Output[str | None]
    """The pipeline's name, None before the first release."""
    arn: pulumi.Output[str | None]
    """The pipeline's ARN, None before the first release."""
    model_name: pulumi.Output[str | None]
    """The model that scores, None before the first release."""
    output_uri: pulumi.Output[str]
    """The S3 URI below which each execution has a folder of predictions."""
    pipeline_role: aws.iam.Role
    """The role that starts the transform jobs."""
    start_role: aws.iam.Role | None
    """The role that starts the pipeline; None where nothing does by itself."""
    policies: dict[str, aws.iam.RolePolicy]
    """What the roles may do, by the role's logical name."""
    notification: aws.s3.BucketNotification | None
    """What tells of new data; None where nobody listens."""
    model: aws.sagemaker.Model | None
    """The model that scores; None before the first release, and so for the pipeline."""
    pipeline: aws.sagemaker.Pipeline | None
    """The pipeline."""
    rules: dict[str, aws.cloudwatch.EventRule]
    """The rules that start it, by what they listen for."""
    targets: dict[str, aws.cloudwatch.EventTarget]
    """The rules' targets, by the same names."""
    queue: aws.sqs.Queue | None
    """The queue of events that started nothing; None without rules."""
    queue_policy: aws.sqs.QueuePolicy | None
    """Who may send to it."""

    def __init__(self, name: str, args: BatchTransformArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("mlstack:aws:BatchTransform", name, {}, opts)
        self.policies, self.rules, self.targets = {}, {}, {}
        self.notification = self.model = self.pipeline = self.queue = self.queue_policy = None
        bucket: pulumi.Output[str] = pulumi.Output.from_input(args.data_bucket)
        self.output_uri = bucket.apply(lambda known: s3_uri(known, f"{PREDICTIONS_PREFIX}{args.pipeline_name}"))
        self.pipeline_role, role_arn = self._role(
            f"{name}-batch-pipeline",
            args,
            description="Starts transform jobs",
            trust=trust_policy(args.placement, "sagemaker"),
            policy=batch_pipeline_policy(args.placement),
        )
        self.start_role = None
        start_role_arn: pulumi.Output[str] | None = None
        if args.schedule is not None or args.on_new_data:
            # The names of the rules begin so, and end as the provider chooses.
            rules = [args.placement.arn("events", f"rule/{name}-*")]
            self.start_role, start_role_arn = self._role(
                f"{name}-batch-start",
                args,
                description="Starts the pipeline that scores data",
                trust=trust_policy(args.placement, "events", rules),
                policy=start_policy(args.placement, args.pipeline_name),
            )
        if args.on_new_data:
            self._tell_of_new_data(name, args)
        nothing: pulumi.Output[str | None] = pulumi.Output.from_input(None)
        self.pipeline_name = self.arn = self.model_name = nothing
        if args.model_package_arn is not None:
            pipeline = self._score(name, args, args.model_package_arn, role_arn)
            if start_role_arn is not None:
                self._start(name, args, pipeline, start_role_arn)
        self.register_outputs(
            {
                "pipeline_name": self.pipeline_name,
                "arn": self.arn,
                "model_name": self.model_name,
                "output_uri": self.output_uri,
            }
        )

    def _role(
        self, name: str, args: BatchTransformArgs, *, description: str, trust: str, policy: str
    ) -> tuple[aws.iam.Role, pulumi.Output[str]]:
        """A role, and its ARN, which is known only when the role's rights are there."""
        child = pulumi.ResourceOptions(parent=self)
        role = aws.iam.Role(
            name,
            aws.iam.RoleArgs(
                assume_role_policy=trust,
                description=description,
                permissions_boundary=args.permissions_boundary_arn,
                tags=args.tags,
            ),
            child,
        )
        attached = aws.iam.RolePolicy(f"{name}-policy", aws.iam.RolePolicyArgs(role=role.name, policy=policy), child)
        self.policies[name] = attached
        return role, pulumi.Output.all(role.arn, attached.id).apply(lambda known: str(known[0]))

    def _tell_of_new_data(self, name: str, args: BatchTransformArgs) -> None:
        self.notification = aws.s3.BucketNotification(
            f"{name}-data-events",
            aws.s3.BucketNotificationArgs(bucket=args.data_bucket, eventbridge=True),
            pulumi.ResourceOptions(parent=self),
        )

    def _score(
        self, name: str, args: BatchTransformArgs, model_package_arn: str, role_arn: pulumi.Output[str]
    ) -> aws.sagemaker.Pipeline:
        self.model = model = aws.sagemaker.Model(
            f"{name}-model",
            model_args(args, model_package_arn),
            pulumi.ResourceOptions(parent=self, retain_on_delete=True),
        )
        self.pipeline = pipeline = aws.sagemaker.Pipeline(
            f"{name}-batch",
            aws.sagemaker.PipelineArgs(
                pipeline_name=args.pipeline_name,
                pipeline_display_name=args.pipeline_name,
                pipeline_description="Scores data with the released model",
                pipeline_definition=self._definition(args, model),
                role_arn=role_arn,
                tags={**args.tags, **args.release_tags},
            ),
            pulumi.ResourceOptions(parent=self),
        )
        self.pipeline_name, self.arn, self.model_name = pipeline.pipeline_name, pipeline.arn, model.name
        return pipeline

    def _definition(self, args: BatchTransformArgs, model: aws.sagemaker.Model) -> pulumi.Output[str]:
        def write(known: dict[str, Any]) -> str:
            definition = BatchDefinitionArgs(input_key=args.prefix, transform=args.transform, **known)
            return json.dumps(batch_definition(definition), separators=(",", ":"))

        inputs: dict[str, Any] = {
            "model_name": model.name,
            "input_bucket": args.data_bucket if args.source_bucket is None else args.source_bucket,
            "output_uri": self.output_uri,
            "encryption_key_arn": args.encryption_key_arn,
        }
        return pulumi.Output.all(**inputs).apply(write)

    def _start(
        self, name: str, args: BatchTransformArgs, pipeline: aws.sagemaker.Pipeline, role_arn: pulumi.Output[str]
    ) -> None:
        rules: dict[str, tuple[aws.cloudwatch.EventRuleArgs, dict[str, str]]] = {}
        if args.schedule is not None:
            rules["batch-schedule"] = self._schedule(args.schedule, args), {}
        if args.on_new_data:
            rules["new-data"] = self._new_data(args), NEW_OBJECT
        child = pulumi.ResourceOptions(parent=self)
        made = self.rules = {
            event: aws.cloudwatch.EventRule(f"{name}-{event}", rule, child) for event, (rule, _) in rules.items()
        }
        queue = self._undelivered(name, args, [rule.arn for rule in made.values()])
        for event, (_, parameters) in rules.items():
            self.targets[event] = aws.cloudwatch.EventTarget(
                f"{name}-{event}-target",
                aws.cloudwatch.EventTargetArgs(
                    rule=made[event].name,
                    arn=pipeline.arn,
                    role_arn=role_arn,
                    sagemaker_pipeline_target=_parameters(parameters),
                    dead_letter_config=aws.cloudwatch.EventTargetDeadLetterConfigArgs(arn=queue.arn),
                ),
                child,
            )

    def _schedule(self, cron: str, args: BatchTransformArgs) -> aws.cloudwatch.EventRuleArgs:
        return aws.cloudwatch.EventRuleArgs(
            description="Scores all of the data", schedule_expression=cron_schedule(cron), tags=args.tags
        )

    def _new_data(self, args: BatchTransformArgs) -> aws.cloudwatch.EventRuleArgs:
        bucket: pulumi.Output[str] = pulumi.Output.from_input(args.data_bucket)
        return aws.cloudwatch.EventRuleArgs(
            description="Scores each new file of the data",
            event_pattern=bucket.apply(lambda known: json.dumps(new_data_pattern(known, args.prefix))),
            tags=args.tags,
        )

    def _undelivered(self, name: str, args: BatchTransformArgs, rule_arns: list[pulumi.Output[str]]) -> aws.sqs.Queue:
        """The queue of events that started nothing."""
        child = pulumi.ResourceOptions(parent=self)
        self.queue = queue = aws.sqs.Queue(
            f"{name}-batch-undelivered",
            aws.sqs.QueueArgs(
                kms_master_key_id=args.encryption_key_arn,
                message_retention_seconds=UNDELIVERED_SECONDS,
                tags=args.tags,
            ),
            child,
        )
        account = args.placement.account
        policy = pulumi.Output.all(queue.arn, *rule_arns).apply(
            lambda known: queue_policy(known[0], account, list(known[1:]))
        )
        self.queue_policy = aws.sqs.QueuePolicy(
            f"{name}-batch-undelivered-policy", aws.sqs.QueuePolicyArgs(queue_url=queue.url, policy=policy), child
        )
        return queue


def _parameters(values: Mapping[str, str]) -> aws.cloudwatch.EventTargetSagemakerPipelineTargetArgs | None:
    if not values:
        return None
    parameter = aws.cloudwatch.EventTargetSagemakerPipelineTargetPipelineParameterListArgs
    listed = [parameter(name=name, value=value) for name, value in values.items()]
    return aws.cloudwatch.EventTargetSagemakerPipelineTargetArgs(pipeline_parameter_lists=listed)


NEW_OBJECT = {INPUT_BUCKET: "$.detail.bucket.name", INPUT_KEY: "$.detail.object.key"}
"""The pipeline's parameters as paths into an event of S3, which EventBridge follows
(https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-targets.html, dynamic path parameters)."""


def new_data_pattern(bucket: str, prefix: str) -> dict[str, Any]:
    """Return the EventBridge pattern of objects that are created below a prefix.

    Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html

    Args:
        bucket: The bucket's name.
        prefix: What the objects' keys begin with.
    """
    return {
        "source": ["aws.s3"],
        "detail-type": ["Object Created"],
        "detail": {"bucket": {"name": [bucket]}, "object": {"key": [{"prefix": prefix}]}},
    }
