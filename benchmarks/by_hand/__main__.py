"""The resources of a new realtime project, written by hand on pulumi_aws: what `mlstack up` is held against.

Run as a Pulumi program with SOURCE (a project's folder) in the environment.
"""

import json
import os
from pathlib import Path

import pulumi
import pulumi_aws as aws

NAME = "by-hand-local"
ACCOUNT = "000000000000"
PROJECT = Path(os.environ["SOURCE"])
TAGS = {"project": "by-hand", "environment": "local"}


def allow(actions: list[str], resource: object, **more: object) -> dict[str, object]:
    return {"Effect": "Allow", "Action": actions, "Resource": resource, **more}


def policy(*statements: dict[str, object]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


LogBucket = tuple[aws.s3.Bucket, aws.s3.BucketPolicy]


def bucket_policy(arn: str, *, receives_logs: bool) -> str:
    deny = {
        "Effect": "Deny",
        "Principal": {"AWS": "*"},
        "Action": "s3:*",
        "Resource": [arn, f"{arn}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    deliver = allow(["s3:PutObject"], f"{arn}/*", Principal={"Service": "logging.s3.amazonaws.com"})
    return policy(deny, deliver) if receives_logs else policy(deny)


def bucket(name: str, key_arn: pulumi.Output[str] | None, logs: LogBucket | None) -> LogBucket:
    # Each round of the benchmark destroys the stack with the objects in it.
    it = aws.s3.Bucket(name, aws.s3.BucketArgs(force_destroy=True, tags=TAGS))
    private = aws.s3.BucketPublicAccessBlock(
        f"{name}-private",
        aws.s3.BucketPublicAccessBlockArgs(
            bucket=it.bucket,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
        ),
    )
    aws.s3.BucketOwnershipControls(
        f"{name}-ownership",
        aws.s3.BucketOwnershipControlsArgs(
            bucket=it.bucket,
            rule=aws.s3.BucketOwnershipControlsRuleArgs(object_ownership="BucketOwnerEnforced"),
        ),
    )
    delivery = aws.s3.BucketPolicy(
        f"{name}-policy",
        aws.s3.BucketPolicyArgs(
            bucket=it.bucket,
            policy=it.arn.apply(lambda arn: bucket_policy(arn, receives_logs=logs is None)),
        ),
        pulumi.ResourceOptions(depends_on=[private]),
    )
    versioning = aws.s3.BucketVersioning(
        f"{name}-versioning",
        aws.s3.BucketVersioningInitArgs(
            bucket=it.bucket,
            versioning_configuration=aws.s3.BucketVersioningVersioningConfigurationArgs(status="Enabled"),
        ),
    )
    default = aws.s3.BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefaultArgs(
        sse_algorithm="AES256" if key_arn is None else "aws:kms", kms_master_key_id=key_arn
    )
    aws.s3.BucketServerSideEncryptionConfiguration(
        f"{name}-encryption",
        aws.s3.BucketServerSideEncryptionConfigurationInitArgs(
            bucket=it.bucket,
            rules=[
                aws.s3.BucketServerSideEncryptionConfigurationRuleArgs(apply_server_side_encryption_by_default=default)
            ],
        ),
    )
    aws.s3.BucketLifecycleConfiguration(
        f"{name}-lifecycle",
        aws.s3.BucketLifecycleConfigurationArgs(
            bucket=it.bucket,
            rules=[
                aws.s3.BucketLifecycleConfigurationRuleArgs(
                    id="unfinished-uploads",
                    status="Enabled",
                    filter=aws.s3.BucketLifecycleConfigurationRuleFilterArgs(prefix=""),
                    abort_incomplete_multipart_upload=(
                        aws.s3.BucketLifecycleConfigurationRuleAbortIncompleteMultipartUploadArgs(
                            days_after_initiation=7
                        )
                    ),
                )
            ],
        ),
        pulumi.ResourceOptions(depends_on=[versioning]),
    )
    if logs is not None:
        target, logs_policy = logs
        aws.s3.BucketLogging(
            f"{name}-logging",
            aws.s3.BucketLoggingInitArgs(bucket=it.bucket, target_bucket=target.bucket, target_prefix=f"{name}/"),
            pulumi.ResourceOptions(depends_on=[logs_policy]),
        )
    return it, delivery


def role(kind: str, *resources: pulumi.Input[str]) -> pulumi.Output[str]:
    trust = policy({"Effect": "Allow", "Principal": {"Service": "sagemaker.amazonaws.com"}, "Action": "sts:AssumeRole"})
    it = aws.iam.Role(f"{NAME}-{kind}", aws.iam.RoleArgs(assume_role_policy=trust, tags=TAGS))
    allowed = pulumi.Output.all(*resources).apply(lambda arns: policy(allow(["s3:GetObject", "s3:PutObject"], arns)))
    aws.iam.RolePolicy(f"{NAME}-{kind}-policy", aws.iam.RolePolicyArgs(role=it.name, policy=allowed))
    return it.arn


key = aws.kms.Key(
    NAME,
    aws.kms.KeyArgs(
        deletion_window_in_days=30,
        enable_key_rotation=True,
        policy=policy(allow(["kms:*"], "*", Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:root"})),
        tags=TAGS,
    ),
)
aws.kms.Alias(NAME, aws.kms.AliasArgs(name=f"alias/{NAME}", target_key_id=key.key_id))
logs = bucket(f"{NAME}-logs", None, None)
data, _ = bucket(f"{NAME}-data", key.arn, logs)
artifacts, _ = bucket(f"{NAME}-artifacts", key.arn, logs)
code = aws.s3.BucketObjectv2(
    f"{NAME}-code",
    aws.s3.BucketObjectv2Args(
        bucket=artifacts.bucket,
        key="code/train.py",
        source=pulumi.FileAsset(str(PROJECT / "src" / "train.py")),
        kms_key_id=key.arn,
        server_side_encryption="aws:kms",
        tags=TAGS,
    ),
)
aws.s3.BucketObjectv2(
    f"{NAME}-dataset",
    aws.s3.BucketObjectv2Args(
        bucket=data.bucket,
        key="data/weather.csv",
        source=pulumi.FileAsset(str(PROJECT / "data" / "weather.csv")),
        kms_key_id=key.arn,
        server_side_encryption="aws:kms",
        tags=TAGS,
    ),
)
images = aws.ecr.Repository(
    f"{NAME}-images",
    aws.ecr.RepositoryArgs(
        image_tag_mutability="IMMUTABLE",
        image_scanning_configuration=aws.ecr.RepositoryImageScanningConfigurationArgs(scan_on_push=True),
        encryption_configurations=[
            aws.ecr.RepositoryEncryptionConfigurationArgs(encryption_type="KMS", kms_key=key.arn)
        ],
        tags=TAGS,
    ),
)
aws.ecr.LifecyclePolicy(
    f"{NAME}-images-lifecycle",
    aws.ecr.LifecyclePolicyArgs(
        repository=images.name,
        policy=json.dumps(
            {
                "rules": [
                    {
                        "rulePriority": 1,
                        "selection": {
                            "tagStatus": "untagged",
                            "countType": "sinceImagePushed",
                            "countUnit": "days",
                            "countNumber": 14,
                        },
                        "action": {"type": "expire"},
                    }
                ]
            }
        ),
    ),
)
roles = {kind: role(kind, data.arn, artifacts.arn) for kind in ("processing", "training", "pipeline", "serving")}
aws.sagemaker.ModelPackageGroup(
    f"{NAME}-models", aws.sagemaker.ModelPackageGroupArgs(model_package_group_name=NAME, tags=TAGS)
)
definition = pulumi.Output.all(artifacts.bucket, code.key).apply(
    lambda parts: json.dumps(
        {
            "Version": "2020-12-01",
            "Parameters": [{"Name": "CodeUri", "Type": "String", "DefaultValue": f"s3://{parts[0]}/{parts[1]}"}],
            "Steps": [{"Name": "stop", "Type": "Fail", "Arguments": {"ErrorMessage": "by hand"}}],
        }
    )
)
aws.sagemaker.Pipeline(
    f"{NAME}-pipeline",
    aws.sagemaker.PipelineArgs(
        pipeline_name=NAME,
        pipeline_display_name=NAME,
        pipeline_definition=definition,
        role_arn=roles["pipeline"],
        tags=TAGS,
    ),
)
aws.cloudwatch.LogGroup(
    f"{NAME}-logs",
    aws.cloudwatch.LogGroupArgs(
        name=f"/aws/sagemaker/Endpoints/{NAME}", kms_key_id=key.arn, retention_in_days=365, tags=TAGS
    ),
)
pulumi.export("artifact_bucket", artifacts.bucket)
