"""What a job of each kind may do, as pure functions.

The rights are those that SageMaker asks of an execution role
(https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-roles.html) and of a pipeline's role
(https://docs.aws.amazon.com/sagemaker/latest/dg/build-and-manage-access.html), narrowed to the project's own resources.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from mlstack_components.aws.monitor_policy import monitor_statements
from mlstack_components.aws.names import (
    ASYNC_PREFIX,
    CAPTURE_PREFIX,
    CHECKPOINT_PREFIX,
    PIPELINE_PREFIX,
    RUN_CODE_PREFIX,
    STACK_CODE_PREFIX,
)
from mlstack_components.aws.pipeline_locations import TUNE
from mlstack_components.aws.policies import Statement, document, statement
from mlstack_components.aws.read_policies import ReadPrefix, read_prefixes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mlstack_components.aws.network import Network
    from mlstack_components.aws.placement import Placement
    from mlstack_components.aws.transform_access import TransformAccess


class JobKind(StrEnum):
    """The kinds of work that have a role of their own."""

    PROCESSING = "processing"
    TRAINING = "training"
    PIPELINE = "pipeline"
    SERVING = "serving"
    MONITORING = "monitoring"


@dataclass(frozen=True, kw_only=True)
class JobPolicyArgs:
    """All that the policies follow from."""

    placement: Placement
    """The account and region."""
    encryption_key_arn: str
    """The environment's key."""
    data_bucket_arn: str
    """The bucket of the data."""
    artifact_bucket_arn: str
    """The bucket of code, models and reports."""
    image_repository_arns: tuple[str, ...]
    """The ECR repositories of the images in use."""
    passable_role_arns: tuple[str, ...] = ()
    """The roles that the pipeline hands to its jobs."""
    pipeline_name: str | None = None
    """The pipeline, whose folder the jobs write to; None where there is none."""
    model_package_group_name: str | None = None
    """The group that versions are registered in; None where nothing is registered."""
    endpoint_name: str | None = None
    """The endpoint; None where nothing is served."""
    capture: bool = False
    """Whether the endpoint's calls are kept in the data bucket."""
    asynchronous: bool = False
    """Whether the endpoint reads its calls' inputs from the data bucket and writes their answers there."""
    told_topic_arn: str | None = None
    """The topic that the endpoint tells of its calls' answers or failures; None where it tells nobody."""
    network: Network | None = None
    """The VPC of jobs and models; None for SageMaker's own network."""
    log_group_arns: Mapping[str, str] = field(default_factory=dict)
    """The ARNs of the log groups of jobs by kind, where they are not those of the names that SageMaker chose."""
    tuning: bool = False
    """Whether the pipeline tunes hyperparameters."""
    checkpoints: bool = False
    """Whether training keeps checkpoints."""
    secrets: tuple[str, ...] = ()
    """The names of the Secrets Manager secrets that the job may read, in this account and region."""
    reads: tuple[ReadPrefix, ...] = ()
    """Prefixes of other buckets that the job reads."""
    transform: TransformAccess | None = None
    """What batches of predictions read and write; None where the model serves calls."""


def job_policy(kind: JobKind, args: JobPolicyArgs) -> str:
    """Return the permissions of a role.

    Args:
        kind: The kind of work.
        args: What the policies follow from.
    """
    match kind:
        case JobKind.PROCESSING:
            return document(*_job(args, kind, log_group="/aws/sagemaker/ProcessingJobs"))
        case JobKind.TRAINING:
            return document(*_job(args, kind, log_group="/aws/sagemaker/TrainingJobs"), *_keep_checkpoints(args))
        case JobKind.PIPELINE:
            return document(*_pipeline(args))
        case JobKind.SERVING:
            return document(*_serving(args))
        case JobKind.MONITORING:
            return document(*_monitoring(args))


def _job(args: JobPolicyArgs, kind: JobKind, *, log_group: str) -> list[Statement]:
    code = [f"{args.artifact_bucket_arn}/{prefix}*" for prefix in (STACK_CODE_PREFIX, RUN_CODE_PREFIX)]
    results = _results(args)
    return [
        _list_buckets([args.data_bucket_arn, args.artifact_bucket_arn]),
        statement("ReadCodeAndData", ["s3:GetObject"], [f"{args.data_bucket_arn}/*", *code, results]),
        *read_prefixes(args.placement, args.reads),
        statement("WriteResults", ["s3:AbortMultipartUpload", "s3:ListMultipartUploadParts", "s3:PutObject"], results),
        *_use_key(args, write=True),
        *_pull_images(args),
        *_write_logs(_job_log_group(args, kind, log_group)),
        *_join_network(args),
        *_read_secrets(args),
    ]


def _keep_checkpoints(args: JobPolicyArgs) -> list[Statement]:
    # SageMaker deletes in S3 what the script deletes in the container
    # (https://docs.aws.amazon.com/sagemaker/latest/dg/model-checkpoints.html).
    if not args.checkpoints:
        return []
    actions = ["s3:AbortMultipartUpload", "s3:DeleteObject", "s3:GetObject", "s3:ListMultipartUploadParts"]
    folder = f"{CHECKPOINT_PREFIX}{args.pipeline_name}/" if args.pipeline_name else CHECKPOINT_PREFIX
    return [statement("KeepCheckpoints", [*actions, "s3:PutObject"], f"{args.artifact_bucket_arn}/{folder}*")]


def _serving(args: JobPolicyArgs) -> list[Statement]:
    transform = args.transform
    logs = f"/aws/sagemaker/Endpoints/{args.endpoint_name or '*'}"
    return [
        _list_buckets([args.artifact_bucket_arn]),
        statement("ReadModels", ["s3:GetObject"], _results(args)),
        *_write_captures(args),
        *_answer_asynchronously(args),
        *([] if transform is None else transform.statements(args.data_bucket_arn, args.placement.partition)),
        *_use_key(args, write=transform is not None),
        *_pull_images(args),
        *_write_logs(
            args.placement.arn("logs", f"log-group:{logs if transform is None else '/aws/sagemaker/TransformJobs'}")
        ),
        *_join_network(args),
        *_read_secrets(args),
    ]


def _monitoring(args: JobPolicyArgs) -> list[Statement]:
    captures = f"{args.data_bucket_arn}/{_captures(args)}*"
    return [
        _list_buckets([args.data_bucket_arn, args.artifact_bucket_arn]),
        *monitor_statements(captures=captures, baselines=_results(args), artifact_bucket_arn=args.artifact_bucket_arn),
        *_use_key(args, write=True),
        *_pull_images(args),
        *_write_logs(_job_log_group(args, JobKind.PROCESSING, "/aws/sagemaker/ProcessingJobs")),
        *_join_network(args),
    ]


def _captures(args: JobPolicyArgs) -> str:
    return f"{CAPTURE_PREFIX}{args.endpoint_name}/" if args.endpoint_name else CAPTURE_PREFIX


def _write_captures(args: JobPolicyArgs) -> list[Statement]:
    # https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-data-capture.html: SageMaker writes as the role.
    if not args.capture:
        return []
    return [
        statement("WriteCaptures", ["s3:PutObject"], f"{args.data_bucket_arn}/{_captures(args)}*"),
        statement("EncryptCaptures", ["kms:GenerateDataKey"], args.encryption_key_arn),
    ]


def _answer_asynchronously(args: JobPolicyArgs) -> list[Statement]:
    # https://docs.aws.amazon.com/sagemaker/latest/dg/async-inference-create-endpoint-prerequisites.html
    if not args.asynchronous:
        return []
    folder = f"{args.data_bucket_arn}/{ASYNC_PREFIX}{args.endpoint_name or '*'}"
    found = [
        statement("ReadAsyncInputs", ["s3:GetObject"], f"{folder}/input/*"),
        statement(
            "WriteAsyncAnswers",
            ["s3:AbortMultipartUpload", "s3:PutObject"],
            [f"{folder}/{each}/*" for each in ("output", "failures")],
        ),
        statement("EncryptAsyncAnswers", ["kms:GenerateDataKey"], args.encryption_key_arn),
    ]
    if args.told_topic_arn is not None:
        found.append(statement("TellOfAsyncAnswers", ["sns:Publish"], args.told_topic_arn))
    return found


def _pipeline(args: JobPolicyArgs) -> list[Statement]:
    # SageMaker names a pipeline's jobs `pipelines-<execution>-<step>-<suffix>`.
    jobs = [args.placement.arn("sagemaker", f"{kind}/pipelines-*") for kind in ("processing-job", "training-job")]
    actions = [
        "sagemaker:AddTags",
        "sagemaker:CreateProcessingJob",
        "sagemaker:CreateTrainingJob",
        "sagemaker:DescribeProcessingJob",
        "sagemaker:DescribeTrainingJob",
        "sagemaker:ListTags",
        "sagemaker:StopProcessingJob",
        "sagemaker:StopTrainingJob",
    ]
    return [
        statement("RunJobs", actions, jobs),
        *_tune(args),
        *_register_versions(args),
        *_pass_roles(args),
        _list_buckets([args.artifact_bucket_arn]),
        statement("ReadReportsAndModels", ["s3:GetObject"], _results(args)),
        *_use_key(args, write=True),
        *_pull_images(args),
    ]


def _tune(args: JobPolicyArgs) -> list[Statement]:
    if not args.tuning:
        return []
    actions = [
        "sagemaker:AddTags",
        "sagemaker:CreateHyperParameterTuningJob",
        "sagemaker:DescribeHyperParameterTuningJob",
        "sagemaker:ListTags",
        "sagemaker:ListTrainingJobsForHyperParameterTuningJob",
        "sagemaker:StopHyperParameterTuningJob",
    ]
    # A tuning job's name has 32 letters at most, so a pipeline's are named `<execution>-<step>-<suffix>`.
    jobs = args.placement.arn("sagemaker", f"hyper-parameter-tuning-job/*-{TUNE}-*")
    return [statement("TuneHyperparameters", actions, [jobs])]


def _register_versions(args: JobPolicyArgs) -> list[Statement]:
    group = args.model_package_group_name
    if group is None:
        return []
    actions = [
        "sagemaker:AddTags",
        "sagemaker:CreateModelPackage",
        "sagemaker:DescribeModelPackage",
        "sagemaker:DescribeModelPackageGroup",
        "sagemaker:ListTags",
    ]
    resources = [
        args.placement.arn("sagemaker", f"model-package-group/{group}"),
        args.placement.arn("sagemaker", f"model-package/{group}/*"),
    ]
    return [statement("RegisterVersions", actions, resources)]


def _pass_roles(args: JobPolicyArgs) -> list[Statement]:
    if not args.passable_role_arns:
        return []
    return [
        statement(
            "HandRolesToJobs",
            ["iam:PassRole"],
            list(args.passable_role_arns),
            condition={"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}},
        )
    ]


def _results(args: JobPolicyArgs) -> str:
    folder = f"{PIPELINE_PREFIX}{args.pipeline_name}/" if args.pipeline_name else PIPELINE_PREFIX
    return f"{args.artifact_bucket_arn}/{folder}*"


def _list_buckets(bucket_arns: list[str]) -> Statement:
    return statement("ListBuckets", ["s3:GetBucketLocation", "s3:ListBucket"], bucket_arns)


def _use_key(args: JobPolicyArgs, *, write: bool) -> list[Statement]:
    actions = ["kms:Decrypt", "kms:DescribeKey"]
    if write:
        actions += ["kms:Encrypt", "kms:GenerateDataKey", "kms:GenerateDataKeyWithoutPlaintext", "kms:ReEncryptFrom"]
        actions += ["kms:ReEncryptTo"]
    # Encrypted volumes are attached by a grant that SageMaker makes in the role's name.
    grant = statement(
        "AttachEncryptedVolumes",
        ["kms:CreateGrant"],
        args.encryption_key_arn,
        condition={"Bool": {"kms:GrantIsForAWSResource": "true"}},
    )
    return [statement("UseKey", actions, args.encryption_key_arn), grant]


def _pull_images(args: JobPolicyArgs) -> list[Statement]:
    actions = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
    # The token is the account's own and names no resource, so it can't be scoped.
    token = statement("AuthenticateAtRegistries", ["ecr:GetAuthorizationToken"], "*")
    if not args.image_repository_arns:
        return [token]
    return [token, statement("PullImages", actions, list(args.image_repository_arns))]


def _job_log_group(args: JobPolicyArgs, kind: JobKind, name: str) -> str:
    return args.log_group_arns.get(kind) or args.placement.arn("logs", f"log-group:{name}")


def _write_logs(group: str) -> list[Statement]:
    actions = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"]
    namespaces = ["/aws/sagemaker/*", "AWS/SageMaker*", "aws/sagemaker/*"]
    return [
        statement("WriteLogs", actions, [group, f"{group}:*"]),
        # Metrics name no resource; the namespace is the only scope that there is.
        statement(
            "WriteMetrics",
            ["cloudwatch:PutMetricData"],
            "*",
            condition={"StringLike": {"cloudwatch:namespace": namespaces}},
        ),
    ]


def _join_network(args: JobPolicyArgs) -> list[Statement]:
    network = args.network
    if network is None:
        return []
    resources = [
        args.placement.arn("ec2", "network-interface/*"),
        *(args.placement.arn("ec2", f"subnet/{subnet}") for subnet in network.subnet_ids),
        *(args.placement.arn("ec2", f"security-group/{group}") for group in network.security_group_ids),
    ]
    changes = [
        "ec2:CreateNetworkInterface",
        "ec2:CreateNetworkInterfacePermission",
        "ec2:DeleteNetworkInterface",
        "ec2:DeleteNetworkInterfacePermission",
    ]
    # EC2's Describe operations know no resources (https://docs.aws.amazon.com/service-authorization/latest/reference/).
    reads = [
        "ec2:DescribeDhcpOptions",
        "ec2:DescribeNetworkInterfaces",
        "ec2:DescribeSecurityGroups",
        "ec2:DescribeSubnets",
        "ec2:DescribeVpcs",
    ]
    return [statement("JoinNetwork", changes, resources), statement("ReadNetwork", reads, "*")]


def _read_secrets(args: JobPolicyArgs) -> list[Statement]:
    # Secrets Manager ends a secret's ARN in a hyphen and six characters of its own choice. With `*` in their place the
    # secret `api` would open `api-admin` too
    # (https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_iam-policies.html).
    arns = [args.placement.arn("secretsmanager", f"secret:{name}-??????") for name in args.secrets]
    return [statement("ReadSecrets", ["secretsmanager:GetSecretValue"], arns)] if arns else []
