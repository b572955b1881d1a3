"""The roles of batches: each statement is needed, and the whole policy is enough, as `mlstack_components` writes it."""

import json
import uuid

import pytest
from mlstack_components.aws.batch_policies import batch_pipeline_policy, start_policy
from mlstack_components.aws.encryption_key import key_policy
from mlstack_components.aws.job_policies import job_policy
from mlstack_components.aws.job_policy_args import JobKind, JobPolicyArgs
from mlstack_components.aws.placement import Placement
from mlstack_components.aws.policies import document
from mlstack_components.aws.transform_access import TransformAccess
from mlstack_localcloud.server.event_bus import make_event
from mlstack_localcloud.server.event_targets import EventTargets

PLACEMENT = Placement("000000000000", "us-east-1")
SERVE = "def model_fn(d): print('loading')\ndef input_fn(b, t): return b\ndef predict_fn(d, m): return d\n"
SERVE += "def output_fn(p, a): return p, 'text/csv'\n"
PIPELINE = "batch-roles"


def trusted_by(service):
    principal = {"Service": f"{service}.amazonaws.com"}
    return document({"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"})


class Place:
    """An encrypted bucket with data and a model, and roles."""

    def __init__(self, cloud, jobs):
        self.cloud, self.jobs, self.iam = cloud, jobs, cloud.client("iam")
        self.sagemaker, s3, kms = cloud.client("sagemaker"), cloud.client("s3"), cloud.client("kms")
        self.key = kms.create_key(Policy=key_policy(PLACEMENT))["KeyMetadata"]["Arn"]
        self.bucket = f"roles-{uuid.uuid4()}"
        s3.create_bucket(Bucket=self.bucket)
        rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": self.key}}
        s3.put_bucket_encryption(Bucket=self.bucket, ServerSideEncryptionConfiguration={"Rules": [rule]})
        archive = jobs.archive({"code/serve.py": SERVE})
        s3.put_object(Bucket=self.bucket, Key="pipelines/model.tar.gz", Body=archive)
        s3.put_object(Bucket=self.bucket, Key="incoming/a.csv", Body=b"1,2\n")

    def role(self, policy, without=None, service="sagemaker"):
        name = f"batch-{uuid.uuid4().hex[:8]}"
        made = self.iam.create_role(RoleName=name, AssumeRolePolicyDocument=trusted_by(service))["Role"]["Arn"]
        statements = [each for each in json.loads(policy)["Statement"] if each["Sid"] != without]
        if statements:
            self.iam.put_role_policy(RoleName=name, PolicyName="rights", PolicyDocument=document(*statements))
        return made

    def serving(self, without=None):
        arn = f"arn:aws:s3:::{self.bucket}"
        args = JobPolicyArgs(
            placement=PLACEMENT,
            encryption_key_arn=self.key,
            data_bucket_arn=arn,
            artifact_bucket_arn=f"{arn}-artifacts",
            image_repository_arns=(),
            transform=TransformAccess(prefix="incoming/"),
        )
        # The model lies in the same bucket, below what only artifact buckets have.
        policy = job_policy(JobKind.SERVING, args).replace(f"{arn}-artifacts", arn)
        return self.role(policy, without)

    def request(self):
        return {
            "ModelName": "roles",
            "TransformInput": {
                "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": f"s3://{self.bucket}/incoming/"}},
                "ContentType": "text/csv",
                "SplitType": "Line",
            },
            "TransformOutput": {
                "S3OutputPath": f"s3://{self.bucket}/predictions/x",
                "AssembleWith": "Line",
                "KmsKeyId": self.key,
            },
            "TransformResources": {
                "InstanceType": "ml.m5.large",
                "InstanceCount": 1,
                "VolumeKmsKeyId": self.key,
            },
        }

    def model(self, role):
        container = {
            "Image": self.jobs.IMAGE,
            "ModelDataUrl": f"s3://{self.bucket}/pipelines/model.tar.gz",
            "Environment": {"SAGEMAKER_PROGRAM": "serve.py"},
        }
        self.sagemaker.create_model(ModelName="roles", ExecutionRoleArn=role, PrimaryContainer=container)

    def run(self, pipeline_role):
        """Runs the pipeline of one transform step as a role; its status and why the step failed."""
        step = {"Name": "transform", "Type": "Transform", "Arguments": self.request()}
        definition = {"Version": "2020-12-01", "Metadata": {}, "Parameters": [], "Steps": [step]}
        self.sagemaker.create_pipeline(
            PipelineName=PIPELINE,
            PipelineDefinition=json.dumps(definition),
            ClientRequestToken="t" * 32,
            RoleArn=pipeline_role,
        )
        arn = self.sagemaker.start_pipeline_execution(PipelineName=PIPELINE)["PipelineExecutionArn"]
        ended = self.jobs.until(
            lambda: self.sagemaker.describe_pipeline_execution(PipelineExecutionArn=arn),
            "PipelineExecutionStatus",
            {"Succeeded", "Failed"},
            60,
        )
        steps = self.sagemaker.list_pipeline_execution_steps(PipelineExecutionArn=arn)["PipelineExecutionSteps"]
        return ended["PipelineExecutionStatus"], "".join(each.get("FailureReason", "") for each in steps)


@pytest.fixture
def place(cloud, jobs):
    return Place(cloud, jobs)


def test_the_policies_are_enough(place):
    place.model(place.serving())
    assert place.run(place.role(batch_pipeline_policy(PLACEMENT))) == ("Succeeded", "")
    lines = place.jobs.log_lines(place.cloud, "/aws/sagemaker/TransformJobs", "pipelines-")
    assert lines == ["loading"]


@pytest.mark.parametrize(
    ("sid", "action"),
    [
        ("ListData", "s3:ListBucket"),
        ("ReadData", "s3:GetObject"),
        ("WritePredictions", "s3:PutObject"),
        ("UseKey", "kms:Decrypt"),
        ("AttachEncryptedVolumes", "kms:CreateGrant"),
    ],
)
def test_a_batch_fails_without(place, sid, action):
    # What opens the artifact bucket would open the data bucket here, which in a project is another one.
    role = place.serving(sid)
    if sid == "ListData":
        place.iam.put_role_policy(
            RoleName=role.rpartition("/")[2],
            PolicyName="two-buckets",
            PolicyDocument=document(
                {"Effect": "Deny", "Action": "s3:ListBucket", "Resource": f"arn:aws:s3:::{place.bucket}"}
            ),
        )
    place.model(role)
    status, reason = place.run(place.role(batch_pipeline_policy(PLACEMENT)))
    assert status == "Failed"
    assert f"is not authorized to perform: {action}" in reason


def test_without_write_logs_a_batch_logs_nothing(place):
    place.model(place.serving("WriteLogs"))
    assert place.run(place.role(batch_pipeline_policy(PLACEMENT)))[0] == "Succeeded"
    assert place.jobs.log_lines(place.cloud, "/aws/sagemaker/TransformJobs", "pipelines-") == []


def test_a_pipeline_starts_no_job_without(place):
    place.model(place.serving())
    status, reason = place.run(place.role(batch_pipeline_policy(PLACEMENT), "RunTransformJobs"))
    assert status == "Failed"
    assert "is not authorized to perform: sagemaker:CreateTransformJob" in reason


@pytest.mark.parametrize(("without", "started"), [(None, 1), ("StartPipeline", 0)])
def test_a_rule_starts_the_pipeline_with_its_policy_alone(place, cloud, role, without, started):
    step = {"Name": "stop", "Type": "Fail", "Arguments": {"ErrorMessage": "that is all"}}
    definition = {"Version": "2020-12-01", "Metadata": {}, "Parameters": [], "Steps": [step]}
    place.sagemaker.create_pipeline(
        PipelineName=PIPELINE, PipelineDefinition=json.dumps(definition), ClientRequestToken="t" * 32, RoleArn=role
    )
    starts = place.role(start_policy(PLACEMENT, PIPELINE), without, "events")
    target = {"Arn": PLACEMENT.arn("sagemaker", f"pipeline/{PIPELINE}"), "RoleArn": starts}
    targets = EventTargets(cloud._cloud.clients, cloud._cloud.authorizer, lambda *_: None)
    event = make_event("aws.events", "Scheduled Event", {}, [], "us-east-1")
    targets.deliver(target, event, PLACEMENT.arn("events", "rule/weather-batch-schedule-0a"))
    found = place.sagemaker.list_pipeline_executions(PipelineName=PIPELINE)["PipelineExecutionSummaries"]
    assert len(found) == started
