"""What a job of each kind may do, as pure functions.

The rights are those that SageMaker asks of an execution role
(https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-roles.html) and of a pipeline's role
(https://docs.aws.amazon.com/sagemaker/latest/dg/build-and-manage-access.html), narrowed to the project's own resources.
"""

from __future__ import annotations

from mlstack_components.aws.job_policy_args import JobKind, JobPolicyArgs
from mlstack_components.aws.job_statements import (
    job_log_group,
    join_network,
    list_buckets,
    pull_images,
    read_secrets,
    results,
    use_key,
    write_logs,
)
from mlstack_components.aws.monitor_policy import monitor_statements
from mlstack_components.aws.names import (
    ASYNC_PREFIX,
    CAPTURE_PREFIX,
    CHECKPOINT_PREFIX,
    GROUND_TRUTH_PREFIX,
    RUN_CODE_PREFIX,
    STACK_CODE_PREFIX,
)
from mlstack_components.aws.pipeline_locations import TUNE
from mlstack_components.aws.policies import Statement, document, statement
from mlstack_components.aws.read_policies import read_prefixes


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
            job = _job(args, kind, log_group="/aws/sagemaker/TrainingJobs")
            recorded = [] if args.tracking is None else args.tracking.statements()
            return document(*job, *_keep_checkpoints(args), *recorded)
        case JobKind.PIPELINE:
            return document(*_pipeline(args))
        case JobKind.SERVING:
            return document(*_serving(args))
        case JobKind.MONITORING:
            return document(*_monitoring(args))


def _job(args: JobPolicyArgs, kind: JobKind, *, log_group: str) -> list[Statement]:
    code = [f"{args.artifact_bucket_arn}/{prefix}*" for prefix in (STACK_CODE_PREFIX, RUN_CODE_PREFIX)]
    folder = results(args)
    return [
        list_buckets([args.data_bucket_arn, args.artifact_bucket_arn]),
        statement("ReadCodeAndData", ["s3:GetObject"], [f"{args.data_bucket_arn}/*", *code, folder]),
        *read_prefixes(args.placement, args.reads),
        statement("WriteResults", ["s3:AbortMultipartUpload", "s3:ListMultipartUploadParts", "s3:PutObject"], folder),
        *use_key(args, write=True),
        *pull_images(args),
        *write_logs(job_log_group(args, kind, log_group)),
        *join_network(args),
        *read_secrets(args),
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
        list_buckets([args.artifact_bucket_arn]),
        statement("ReadModels", ["s3:GetObject"], results(args)),
        *_shared_versions(args),
        *_write_captures(args),
        *_answer_asynchronously(args),
        *([] if transform is None else transform.statements(args.data_bucket_arn, args.placement.partition)),
        *use_key(args, write=transform is not None),
        *pull_images(args),
        *write_logs(
            args.placement.arn("logs", f"log-group:{logs if transform is None else '/aws/sagemaker/TransformJobs'}")
        ),
        *join_network(args),
        *read_secrets(args),
    ]


def _monitoring(args: JobPolicyArgs) -> list[Statement]:
    captures = f"{args.data_bucket_arn}/{_captures(args)}*"
    labels = f"{args.data_bucket_arn}/{GROUND_TRUTH_PREFIX}{args.endpoint_name or '*'}/*"
    return [
        list_buckets([args.data_bucket_arn, args.artifact_bucket_arn]),
        *monitor_statements(captures=captures, baselines=results(args), artifact_bucket_arn=args.artifact_bucket_arn),
        *_shared_versions(args),
        *([statement("ReadGroundTruth", ["s3:GetObject"], labels)] if args.ground_truth else []),
        *use_key(args, write=True),
        *pull_images(args),
        *write_logs(job_log_group(args, JobKind.PROCESSING, "/aws/sagemaker/ProcessingJobs")),
        *join_network(args),
    ]


def _shared_versions(args: JobPolicyArgs) -> list[Statement]:
    return [] if args.shared_versions is None else args.shared_versions.statements()


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
        list_buckets([args.artifact_bucket_arn]),
        statement("ReadReportsAndModels", ["s3:GetObject"], results(args)),
        *use_key(args, write=True),
        *pull_images(args),
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
