"""A version of one account is served in another, with the policies that the components write and none of them less."""

import json
import uuid

import boto3
import pytest
from botocore.exceptions import ClientError
from mlstack_components.aws.bucket_policy import bucket_policy
from mlstack_components.aws.encryption_key import key_policy
from mlstack_components.aws.model_registry import sharing_policy
from mlstack_components.aws.placement import Placement
from mlstack_localcloud.home import Home
from mlstack_localcloud.keys import ensure_keys

REGISTRY, CONSUMER = "444444444444", "555555555555"
ARCHIVE = "pipelines/model.tar.gz"
SERVE = "def model_fn(d): return None\ndef predict_fn(d, m): return d\n"


class Account:
    """Clients of one account."""

    def __init__(self, local_cloud, account):
        key = ensure_keys(Home(local_cloud.home)).root_key(account)
        self._session = boto3.Session(key.access_key_id, key.secret_access_key, region_name="us-east-1")
        self._url = local_cloud.endpoint_url
        self.placement = Placement(account, "us-east-1")

    def client(self, service):
        return self._session.client(service, endpoint_url=self._url)


class Shared:
    """A registry with one approved version, and the role that serves it in the other account."""

    def __init__(self, local_cloud, jobs):
        self.registry, self.consumer = Account(local_cloud, REGISTRY), Account(local_cloud, CONSUMER)
        self.name = f"shared-{uuid.uuid4().hex[:8]}"
        kms, s3, registry = (self.registry.client(each) for each in ("kms", "s3", "sagemaker"))
        policy = key_policy(self.registry.placement, model_reader_accounts=[CONSUMER])
        self.key = kms.create_key(Policy=policy)["KeyMetadata"]["Arn"]
        s3.create_bucket(Bucket=self.name)
        s3.put_bucket_policy(Bucket=self.name, Policy=self.bucket_policy(CONSUMER))
        archive = jobs.archive({"answer.txt": "sun", "code/serve.py": SERVE})
        s3.put_object(Bucket=self.name, Key=ARCHIVE, Body=archive, ServerSideEncryption="aws:kms", SSEKMSKeyId=self.key)
        group = registry.create_model_package_group(ModelPackageGroupName=self.name)["ModelPackageGroupArn"]
        registry.put_model_package_group_policy(
            ModelPackageGroupName=self.name, ResourcePolicy=sharing_policy(group, [CONSUMER])
        )
        container = {"Image": jobs.IMAGE, "ModelDataUrl": f"s3://{self.name}/{ARCHIVE}"}
        container["Environment"] = {"SAGEMAKER_PROGRAM": "serve.py"}
        self.version = registry.create_model_package(
            ModelPackageGroupName=self.name,
            ModelApprovalStatus="Approved",
            InferenceSpecification={"Containers": [container], "SupportedContentTypes": ["text/csv"]},
        )["ModelPackageArn"]
        self.role = self._role()

    def bucket_policy(self, *readers):
        bucket = f"arn:aws:s3:::{self.name}"
        return bucket_policy(bucket, self.registry.placement, reader_accounts=readers, readable_keys=["pipelines/*"])

    def _role(self):
        iam = self.consumer.client("iam")
        trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "sagemaker.amazonaws.com"}}
        role = iam.create_role(RoleName=self.name, AssumeRolePolicyDocument=_document(trust))["Role"]["Arn"]
        logs = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"]
        own = _document(
            {"Effect": "Allow", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{self.name}/pipelines/*"},
            {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": self.key},
            {"Effect": "Allow", "Action": logs, "Resource": "*"},
        )
        iam.put_role_policy(RoleName=self.name, PolicyName="serve", PolicyDocument=own)
        return role

    def model(self):
        sagemaker = self.consumer.client("sagemaker")
        container = {"ModelPackageName": self.version}
        sagemaker.create_model(ModelName=self.name, ExecutionRoleArn=self.role, PrimaryContainer=container)

    def serve(self):
        """Bring the endpoint up; the state that it comes to and why."""
        sagemaker = self.consumer.client("sagemaker")
        variant = {"VariantName": "v", "ModelName": self.name, "InitialInstanceCount": 1, "InstanceType": "ml.m5.large"}
        sagemaker.create_endpoint_config(EndpointConfigName=self.name, ProductionVariants=[variant])
        sagemaker.create_endpoint(EndpointName=self.name, EndpointConfigName=self.name)
        waiter = sagemaker.get_waiter("endpoint_in_service")
        try:
            waiter.wait(EndpointName=self.name, WaiterConfig={"Delay": 0.2, "MaxAttempts": 600})
        finally:
            self.state = sagemaker.describe_endpoint(EndpointName=self.name)

    def end(self):
        sagemaker = self.consumer.client("sagemaker")
        if hasattr(self, "state"):
            sagemaker.delete_endpoint(EndpointName=self.name)


def _document(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


@pytest.fixture
def shared(local_cloud, jobs):
    made = Shared(local_cloud, jobs)
    yield made
    made.end()


def test_a_version_of_another_account_is_served(shared):
    shared.model()
    shared.serve()
    assert shared.state["EndpointArn"].split(":")[4] == CONSUMER
    runtime = shared.consumer.client("sagemaker-runtime")
    answer = runtime.invoke_endpoint(EndpointName=shared.name, Body=b"1,2\n", ContentType="text/csv", Accept="text/csv")
    assert answer["Body"].read().strip() == b"1.0,2.0"
    with pytest.raises(ClientError, match=f"Endpoint {shared.name} of account {REGISTRY} not found"):
        shared.registry.client("sagemaker-runtime").invoke_endpoint(EndpointName=shared.name, Body=b"1,2\n")


def test_without_the_groups_policy_no_model_is_made(shared):
    shared.registry.client("sagemaker").delete_model_package_group_policy(ModelPackageGroupName=shared.name)
    with pytest.raises(ClientError) as error:
        shared.model()
    assert error.value.response["Error"]["Code"] == "AccessDeniedException"
    assert "no resource-based policy allows the sagemaker:CreateModel action" in str(error.value)


def test_without_the_buckets_policy_no_endpoint_comes_up(shared):
    shared.model()
    shared.registry.client("s3").put_bucket_policy(Bucket=shared.name, Policy=shared.bucket_policy())
    with pytest.raises(Exception, match="Failed"):
        shared.serve()
    assert "s3:GetObject" in shared.state["FailureReason"]
