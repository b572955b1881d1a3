from __future__ import annotations

import dataclasses
import json
import re

import pytest
from mlstack_components.aws.job_policies import job_policy
from mlstack_components.aws.job_policy_args import JobKind, JobPolicyArgs
from mlstack_components.aws.job_roles import JobRoles, JobRolesArgs
from mlstack_components.aws.network import Network

DATA = "arn:aws:s3:::weather-data"
ARTIFACTS = "arn:aws:s3:::weather-artifacts"
IMAGES = "arn:aws:ecr:eu-west-1:141502667606:repository/sagemaker-scikit-learn"
JOB_ROLES = ("arn:aws:iam::111111111111:role/processing", "arn:aws:iam::111111111111:role/training")

UNSCOPABLE = {"ecr:GetAuthorizationToken", "cloudwatch:PutMetricData"}
"""What AWS knows no resources for (docs.aws.amazon.com/service-authorization/latest/reference)."""


@pytest.fixture
def args(placement, key_arn) -> JobPolicyArgs:
    return JobPolicyArgs(
        placement=placement,
        encryption_key_arn=key_arn,
        data_bucket_arn=DATA,
        artifact_bucket_arn=ARTIFACTS,
        image_repository_arns=(IMAGES,),
        passable_role_arns=JOB_ROLES,
        pipeline_name="weather-dev",
        model_package_group_name="weather-dev",
        endpoint_name="weather-dev",
    )


def _statements(kind: JobKind, args: JobPolicyArgs) -> list[dict]:
    document = json.loads(job_policy(kind, args))
    assert document["Version"] == "2012-10-17"
    return document["Statement"]


def _allows(kind: JobKind, args: JobPolicyArgs, action: str, resource: str) -> bool:
    """Whether a policy allows an action on a resource, conditions aside."""

    def matches(pattern: str) -> bool:
        return re.fullmatch(re.escape(pattern).replace(r"\*", ".*"), resource) is not None

    return any(
        action in each["Action"] and any(matches(pattern) for pattern in each["Resource"])
        for each in _statements(kind, args)
    )


@pytest.mark.parametrize("kind", list(JobKind))
def test_no_action_is_a_wildcard(kind, args):
    """IAM.1, IAM.21, CKV_AWS_63, CKV_AWS_286 to 290."""
    for each in _statements(kind, args):
        assert each["Effect"] == "Allow"
        assert not [action for action in each["Action"] if "*" in action]


@pytest.mark.parametrize("kind", list(JobKind))
def test_only_what_cant_be_scoped_is_allowed_on_everything(kind, args):
    """CKV_AWS_355."""
    for each in _statements(kind, args):
        if "*" in each["Resource"]:
            assert set(each["Action"]) <= UNSCOPABLE


@pytest.mark.parametrize("kind", list(JobKind))
def test_statements_are_named_once(kind, args):
    names = [each["Sid"] for each in _statements(kind, args)]
    assert len(names) == len(set(names))
    assert all(name.isalnum() for name in names)


@pytest.mark.parametrize("kind", list(JobKind))
def test_a_policy_fits_into_a_role(kind, args):
    """An inline policy may have 10,240 characters (IAM and STS quotas)."""
    network = Network(tuple(f"subnet-{n:017}" for n in range(16)), tuple(f"sg-{n:017}" for n in range(5)))
    assert len(job_policy(kind, dataclasses.replace(args, network=network))) < 10_240


@pytest.mark.parametrize("kind", [JobKind.PROCESSING, JobKind.TRAINING])
def test_a_job_reads_code_and_data_and_writes_results(kind, args, key_arn):
    for key in (
        "code/1/sourcedir.tar.gz",
        "runs/code/2/sourcedir.tar.gz",
        "pipelines/weather-dev/1/train/model.tar.gz",
    ):
        assert _allows(kind, args, "s3:GetObject", f"{ARTIFACTS}/{key}")
    assert _allows(kind, args, "s3:GetObject", f"{DATA}/data/1/weather.csv")
    assert _allows(kind, args, "s3:ListBucket", DATA)
    assert _allows(kind, args, "s3:ListBucket", ARTIFACTS)
    assert _allows(kind, args, "s3:PutObject", f"{ARTIFACTS}/pipelines/weather-dev/1/prepare/train/train.csv")
    for action in ("kms:Decrypt", "kms:GenerateDataKey", "kms:CreateGrant"):
        assert _allows(kind, args, action, key_arn)
    assert _allows(kind, args, "ecr:BatchGetImage", IMAGES)


@pytest.mark.parametrize("kind", [JobKind.PROCESSING, JobKind.TRAINING])
def test_a_job_can_change_neither_code_nor_data_nor_another_pipeline(kind, args):
    for resource in (
        f"{ARTIFACTS}/code/1/sourcedir.tar.gz",
        f"{ARTIFACTS}/runs/code/2/sourcedir.tar.gz",
        f"{ARTIFACTS}/pipelines/other/1/train/model.tar.gz",
        f"{DATA}/data/1/weather.csv",
    ):
        assert not _allows(kind, args, "s3:PutObject", resource)
    for action in ("s3:DeleteObject", "iam:PassRole", "sagemaker:CreateTrainingJob"):
        assert not _allows(kind, args, action, f"{ARTIFACTS}/pipelines/weather-dev/1")


@pytest.mark.parametrize(
    ("kind", "group"),
    [
        (JobKind.PROCESSING, "/aws/sagemaker/ProcessingJobs"),
        (JobKind.TRAINING, "/aws/sagemaker/TrainingJobs"),
        (JobKind.SERVING, "/aws/sagemaker/Endpoints/weather-dev"),
    ],
)
def test_each_kind_writes_its_own_logs(kind, group, args):
    own = f"arn:aws:logs:eu-west-1:111111111111:log-group:{group}"
    for action in ("logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"):
        assert _allows(kind, args, action, f"{own}:log-stream:x")
    assert _allows(kind, args, "logs:CreateLogGroup", own)
    assert not _allows(kind, args, "logs:PutLogEvents", "arn:aws:logs:eu-west-1:111111111111:log-group:/other:x")


def test_the_pipeline_starts_its_own_jobs_and_registers_versions(args):
    sagemaker = "arn:aws:sagemaker:eu-west-1:111111111111"
    kind = JobKind.PIPELINE
    assert _allows(kind, args, "sagemaker:CreateProcessingJob", f"{sagemaker}:processing-job/pipelines-1-prepare-2")
    assert _allows(kind, args, "sagemaker:CreateTrainingJob", f"{sagemaker}:training-job/pipelines-1-train-2")
    assert _allows(kind, args, "sagemaker:StopTrainingJob", f"{sagemaker}:training-job/pipelines-1-train-2")
    assert not _allows(kind, args, "sagemaker:StopTrainingJob", f"{sagemaker}:training-job/somebody-elses")
    assert _allows(kind, args, "sagemaker:CreateModelPackage", f"{sagemaker}:model-package-group/weather-dev")
    assert _allows(kind, args, "sagemaker:CreateModelPackage", f"{sagemaker}:model-package/weather-dev/1")
    assert not _allows(kind, args, "sagemaker:CreateModelPackage", f"{sagemaker}:model-package/other/1")
    assert _allows(kind, args, "s3:GetObject", f"{ARTIFACTS}/pipelines/weather-dev/1/evaluate/evaluation.json")
    assert not _allows(kind, args, "s3:PutObject", f"{ARTIFACTS}/pipelines/weather-dev/1")


def test_roles_are_handed_to_sagemaker_alone_and_by_name(args):
    """CKV_AWS_286 and PassRole's scope."""
    for kind in JobKind:
        passing = [each for each in _statements(kind, args) if "iam:PassRole" in each["Action"]]
        if kind is not JobKind.PIPELINE:
            assert passing == []
            continue
        (statement,) = passing
        assert statement["Action"] == ["iam:PassRole"]
        assert statement["Resource"] == list(JOB_ROLES)
        assert statement["Condition"] == {"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}}


def test_serving_reads_models_and_writes_nothing(args, key_arn):
    kind = JobKind.SERVING
    assert _allows(kind, args, "s3:GetObject", f"{ARTIFACTS}/pipelines/weather-dev/1/train/job/output/model.tar.gz")
    assert not _allows(kind, args, "s3:GetObject", f"{ARTIFACTS}/code/1/sourcedir.tar.gz")
    assert not _allows(kind, args, "s3:GetObject", f"{DATA}/data/1/weather.csv")
    assert not _allows(kind, args, "s3:PutObject", f"{ARTIFACTS}/pipelines/weather-dev/1")
    assert _allows(kind, args, "kms:Decrypt", key_arn)
    assert not _allows(kind, args, "kms:GenerateDataKey", key_arn)


def test_serving_writes_captures_of_its_own_endpoint_where_they_are_kept(args, key_arn):
    kind, captures = JobKind.SERVING, dataclasses.replace(args, capture=True)
    assert _allows(kind, captures, "s3:PutObject", f"{DATA}/capture/weather-dev/AllTraffic/2026/11/24/23/a.jsonl")
    assert _allows(kind, captures, "kms:GenerateDataKey", key_arn)
    for other in (f"{DATA}/capture/other/a.jsonl", f"{DATA}/data/a.csv", f"{ARTIFACTS}/capture/weather-dev/a.jsonl"):
        assert not _allows(kind, captures, "s3:PutObject", other)
    off, on = (job_policy(kind, each) for each in (args, captures))
    added = [each for each in json.loads(on)["Statement"] if each not in json.loads(off)["Statement"]]
    assert [each["Sid"] for each in added] == ["WriteCaptures", "EncryptCaptures"]
    for each in JobKind:
        assert (job_policy(each, captures) == job_policy(each, args)) is (each is not kind)


def test_metrics_go_to_sagemakers_namespaces_only(args):
    (statement,) = [each for each in _statements(JobKind.TRAINING, args) if each["Sid"] == "WriteMetrics"]
    namespaces = statement["Condition"]["StringLike"]["cloudwatch:namespace"]
    assert all("sagemaker" in namespace.lower() for namespace in namespaces)


def test_grants_are_for_aws_services_only(args):
    for kind in JobKind:
        (statement,) = [each for each in _statements(kind, args) if "kms:CreateGrant" in each["Action"]]
        assert statement["Condition"] == {"Bool": {"kms:GrantIsForAWSResource": "true"}}


def test_a_network_is_joined_only_where_one_is_given(args):
    subnet = "arn:aws:ec2:eu-west-1:111111111111:subnet/subnet-1"
    assert not _allows(JobKind.TRAINING, args, "ec2:CreateNetworkInterface", subnet)
    inside = dataclasses.replace(args, network=Network(("subnet-1",), ("sg-1",)))
    assert _allows(JobKind.TRAINING, inside, "ec2:CreateNetworkInterface", subnet)
    assert not _allows(JobKind.TRAINING, inside, "ec2:CreateNetworkInterface", f"{subnet}2")
    assert not _allows(JobKind.PIPELINE, inside, "ec2:CreateNetworkInterface", subnet)


def test_tuning_jobs_are_run_only_where_something_is_tuned(args):
    actions = {
        "sagemaker:AddTags",
        "sagemaker:CreateHyperParameterTuningJob",
        "sagemaker:DescribeHyperParameterTuningJob",
        "sagemaker:ListTags",
        "sagemaker:ListTrainingJobsForHyperParameterTuningJob",
        "sagemaker:StopHyperParameterTuningJob",
    }
    job = args.placement.arn("sagemaker", "hyper-parameter-tuning-job/4a9x7cb5vxyd-tune-tzzkhzyxsb")
    tuning = dataclasses.replace(args, tuning=True)
    assert {action for action in actions if _allows(JobKind.PIPELINE, tuning, action, job)} == actions
    assert not any(_allows(JobKind.PIPELINE, args, action, job) for action in actions)
    for kind in set(JobKind) - {JobKind.PIPELINE}:
        assert job_policy(kind, tuning) == job_policy(kind, args)
    # No other project's tuning, and no other way to change the pipeline's rights.
    before = {each["Sid"]: each for each in _statements(JobKind.PIPELINE, args)}
    after = {each["Sid"]: each for each in _statements(JobKind.PIPELINE, tuning)}
    assert after.pop("TuneHyperparameters")
    assert after == before


def test_nothing_is_registered_without_a_registry(args):
    alone = dataclasses.replace(args, model_package_group_name=None)
    text = job_policy(JobKind.PIPELINE, alone)
    assert "CreateModelPackage" not in text


@pytest.fixture
def role_args(placement, key_arn, tags) -> JobRolesArgs:
    return JobRolesArgs(
        placement=placement,
        kinds=frozenset(JobKind),
        encryption_key_arn=key_arn,
        data_bucket_arn=DATA,
        artifact_bucket_arn=ARTIFACTS,
        image_repository_arns=[IMAGES],
        pipeline_name="weather-dev",
        model_package_group_name="weather-dev",
        endpoint_name="weather-dev",
        permissions_boundary_arn="arn:aws:iam::111111111111:policy/boundary",
        tags=tags,
    )


def _declare(declare, args: JobRolesArgs):
    return declare(lambda: {str(kind): arn for kind, arn in JobRoles("weather-dev", args).arns.items()})


def test_a_secret_is_read_by_the_kinds_that_are_named_and_by_its_exact_name(args):
    reader = dataclasses.replace(args, secrets=("weather/api-key",))
    prefix = "arn:aws:secretsmanager:eu-west-1:111111111111:secret:"
    for kind in (JobKind.PROCESSING, JobKind.TRAINING, JobKind.SERVING):
        (statement,) = [each for each in _statements(kind, reader) if each["Sid"] == "ReadSecrets"]
        assert statement["Action"] == ["secretsmanager:GetSecretValue"]
        # Six characters are Secrets Manager's own; a `*` would open `weather/api-key-admin` too.
        assert statement["Resource"] == [f"{prefix}weather/api-key-??????"]
        assert not [each for each in _statements(kind, args) if each["Sid"] == "ReadSecrets"]


def test_roles_read_the_secrets_of_their_kind(declare, role_args):
    secrets = {JobKind.TRAINING: ("one", "two"), JobKind.SERVING: ("two",)}
    declared = _declare(declare, dataclasses.replace(role_args, secrets=secrets))
    read = {}
    for kind in JobKind:
        policy = declared.one("aws:iam/rolePolicy:RolePolicy", f"weather-dev-{kind}-policy").inputs["policy"]
        found = [each["Resource"] for each in json.loads(policy)["Statement"] if each["Sid"] == "ReadSecrets"]
        read[kind] = [arn.rpartition(":")[2] for arn in found[0]] if found else []
    assert read == {
        JobKind.TRAINING: ["one-??????", "two-??????"],
        JobKind.SERVING: ["two-??????"],
        JobKind.PROCESSING: [],
        JobKind.PIPELINE: [],
        JobKind.MONITORING: [],
    }


def test_a_role_that_is_there_is_not_made_and_is_passed_to_the_jobs(declare, role_args):
    given = "arn:aws:iam::111111111111:role/teams/training"
    declared = _declare(declare, dataclasses.replace(role_args, role_arns={JobKind.TRAINING: given}))
    roles = {each.name for each in declared.all("aws:iam/role:Role")}
    assert roles == {f"weather-dev-{kind}" for kind in JobKind if kind is not JobKind.TRAINING}
    assert declared.result["training"] == given
    policy = declared.one("aws:iam/rolePolicy:RolePolicy", "weather-dev-pipeline-policy").inputs["policy"]
    (passing,) = [each for each in json.loads(policy)["Statement"] if each["Action"] == ["iam:PassRole"]]
    assert passing["Resource"] == ["arn:aws:made:::weather-dev-processing", given]


def test_roles_join_a_network_that_is_only_being_made(declare, role_args):
    import pulumi

    def program():
        network = pulumi.Output.from_input("subnet-1").apply(lambda made: Network((made,), ("sg-1",)))
        return JobRoles("weather-dev", dataclasses.replace(role_args, network=network)).arn(JobKind.TRAINING)

    policy = declare(program).one("aws:iam/rolePolicy:RolePolicy", "weather-dev-training-policy").inputs["policy"]
    (joining,) = [each for each in json.loads(policy)["Statement"] if each["Sid"] == "JoinNetwork"]
    assert "arn:aws:ec2:eu-west-1:111111111111:subnet/subnet-1" in joining["Resource"]


def test_each_kind_has_a_role_of_its_own(declare, role_args, tags):
    declared = _declare(declare, role_args)
    roles = {each.name: each for each in declared.all("aws:iam/role:Role")}
    assert set(roles) == {f"weather-dev-{kind}" for kind in JobKind}
    policies = {each.inputs["role"]: each.inputs["policy"] for each in declared.all("aws:iam/rolePolicy:RolePolicy")}
    assert set(policies) == set(roles)
    assert len(set(policies.values())) == len(JobKind)
    assert all(role.inputs["tags"] == tags for role in roles.values())
    assert all(role.parent.endswith("mlstack:aws:JobRoles::weather-dev") for role in roles.values())


def test_sagemaker_assumes_them_for_this_account_only(declare, role_args):
    """CKV_AWS_60, CKV_AWS_61."""
    for role in _declare(declare, role_args).all("aws:iam/role:Role"):
        (statement,) = json.loads(role.inputs["assumeRolePolicy"])["Statement"]
        assert statement["Principal"] == {"Service": "sagemaker.amazonaws.com"}
        assert statement["Action"] == ["sts:AssumeRole"]
        assert statement["Condition"] == {
            "StringEquals": {"aws:SourceAccount": "111111111111"},
            "ArnLike": {"aws:SourceArn": ["arn:aws:sagemaker:eu-west-1:111111111111:*"]},
        }


def test_an_organisations_boundary_is_on_every_role(declare, role_args):
    roles = _declare(declare, role_args).all("aws:iam/role:Role")
    assert {role.inputs["permissionsBoundary"] for role in roles} == {"arn:aws:iam::111111111111:policy/boundary"}
    roles = _declare(declare, dataclasses.replace(role_args, permissions_boundary_arn=None)).all("aws:iam/role:Role")
    assert all("permissionsBoundary" not in role.inputs for role in roles)


def test_the_pipelines_role_passes_the_declared_roles(declare, role_args):
    declared = _declare(declare, role_args)
    policy = declared.one("aws:iam/rolePolicy:RolePolicy", "weather-dev-pipeline-policy").inputs["policy"]
    (passing,) = [each for each in json.loads(policy)["Statement"] if each["Action"] == ["iam:PassRole"]]
    assert passing["Resource"] == ["arn:aws:made:::weather-dev-processing", "arn:aws:made:::weather-dev-training"]
    assert declared.result["pipeline"] == "arn:aws:made:::weather-dev-pipeline"


def test_a_project_that_only_trains_has_no_serving_role(declare, role_args):
    kinds = frozenset({JobKind.TRAINING, JobKind.PIPELINE})
    declared = _declare(declare, dataclasses.replace(role_args, kinds=kinds))
    assert sorted(declared.result) == ["pipeline", "training"]
    assert len(declared.all("aws:iam/role:Role")) == 2


def test_no_managed_policy_is_attached(declare, role_args):
    """cdk-nag IAM4."""
    types = set(_declare(declare, role_args).types)
    assert types == {"aws:iam/role:Role", "aws:iam/rolePolicy:RolePolicy"}
    for role in _declare(declare, role_args).all("aws:iam/role:Role"):
        assert "managedPolicyArns" not in role.inputs


def test_who_uses_a_role_waits_for_its_rights(declare, role_args):
    """A job that starts before its role has rights fails."""
    import pulumi_aws as aws

    def program():
        roles = JobRoles("weather-dev", role_args)
        args = aws.sqs.QueueArgs(policy=roles.arn(JobKind.TRAINING))
        return aws.sqs.Queue("user", args).arn

    user = declare(program).one("aws:sqs/queue:Queue")
    assert {urn.rsplit("::", 1)[1] for urn in user.dependencies} >= {
        "weather-dev-training",
        "weather-dev-training-policy",
    }


def test_checkpoints_are_kept_by_training_alone_and_only_where_there_are_some(args):
    keeping = dataclasses.replace(args, checkpoints=True)
    mine, others = (f"{ARTIFACTS}/checkpoints/{pipeline}/1/step-3" for pipeline in ("weather-dev", "weather-prod"))
    for action in ("s3:GetObject", "s3:PutObject", "s3:DeleteObject"):
        assert _allows(JobKind.TRAINING, keeping, action, mine)
        assert not _allows(JobKind.TRAINING, keeping, action, others)
        assert not _allows(JobKind.TRAINING, args, action, mine)
    assert not _allows(JobKind.TRAINING, keeping, "s3:DeleteObject", f"{ARTIFACTS}/pipelines/weather-dev/1/model")
    for kind in set(JobKind) - {JobKind.TRAINING}:
        assert job_policy(kind, keeping) == job_policy(kind, args)


def test_the_training_role_keeps_checkpoints(declare, role_args):
    declared = _declare(declare, dataclasses.replace(role_args, checkpoints=True))
    policy = declared.one("aws:iam/rolePolicy:RolePolicy", "weather-dev-training-policy").inputs["policy"]
    assert [each["Sid"] for each in json.loads(policy)["Statement"] if "Checkpoint" in each["Sid"]]
