"""A platform and two projects on it in one account, with the real engine: up, changed, and down with nothing left.

It has a local cloud of its own, for what it makes is there once an account.
"""

from __future__ import annotations

import base64
import configparser
import json
import os
import shutil
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from mlstack_localcloud import control
from mlstack_localcloud.home import Home

from .conftest import Weather

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [pytest.mark.engine, pytest.mark.slow, pytest.mark.timeout(600), pytest.mark.xdist_group("platform")]

STACKS = Path(__file__).parents[3] / "stacks"
BOUNDARY = "arn:aws:iam::000000000000:policy/boundary"
PLATFORM = f"""\
name: acme-platform
owner: platform-team
network: {{zones: 2}}
roles: {{permissions_boundary: "{BOUNDARY}"}}
logs: {{retention_days: 90}}
notifications: {{emails: [platform-team@example.com]}}
budget: {{monthly_usd: 2000}}
cost_tags: ["mlstack:project"]
continuous_integration:
  alpha: {{github: {{repository: acme/alpha}}}}
  beta: {{github: {{repository: acme/beta}}}}
environments:
  local: {{}}
"""
PROJECT = """\
name: {name}
data: {{source: data/iris.csv, target: species}}
steps:
  train: {{entry_point: src/train.py, framework: sklearn}}
registry: {{approval: manual}}
platform: {{stack: organization/acme-platform/local}}
environments:
  local: {{}}
"""
PROGRAM = """\
from pathlib import Path
from mlstack_stacks import Project

Project.from_spec(Path(__file__).parent.parent / "mlstack.yaml")
"""


class Account:
    """One account with a platform's and two projects' directories, and clients of it."""

    def __init__(self, folder: Path, variables: dict[str, str]) -> None:
        self.home = Path(variables["MLSTACK_HOME"])
        self._outputs: dict[Path, dict[str, Any]] = {}
        self.platform = Weather(folder / "platform", variables)
        shutil.copytree(STACKS / "platform", self.platform.directory)
        (self.platform.directory / "platform.yaml").write_text(PLATFORM)
        self.projects = {name: Weather(_project(folder / name), variables) for name in ("alpha", "beta")}

    def client(self, service: str, keys: dict[str, str] | None = None, **options: Any) -> Any:
        known = control.client_environment(self.home)
        given = keys or _keys(self.home)
        endpoint = known["AWS_ENDPOINT_URL"]
        return boto3.client(service, region_name="us-east-1", endpoint_url=endpoint, **given, **options)

    def outputs(self, stack: Weather) -> dict[str, Any]:
        """What a stack puts out; it is brought up by the first test that asks."""
        if stack.directory not in self._outputs:
            self._outputs[stack.directory] = stack.json("up", "local")["outputs"]
        return self._outputs[stack.directory]


def _keys(home: Path) -> dict[str, str]:
    file = configparser.ConfigParser()
    file.read(Home(home).aws_credentials_file)
    return dict(file["default"])


def _project(folder: Path) -> Path:
    for part in ("src", "data"):
        shutil.copytree(STACKS / "project" / part, folder / part)
    (folder / "mlstack.yaml").write_text(PROJECT.format(name=folder.name))
    (folder / "infra").mkdir()
    (folder / "infra" / "Pulumi.yaml").write_text(f"name: {folder.name}\nruntime: python\n")
    (folder / "infra" / "__main__.py").write_text(PROGRAM)
    return folder


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory, engine_path: Path, cache: Path) -> Iterator[Account]:
    home = tmp_path_factory.mktemp("platform-home")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PULUMI_", "MLSTACK_"))}
    variables = kept | {"MLSTACK_HOME": str(home), "MLSTACK_CACHE": str(cache), "PYTHON": sys.executable}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MLSTACK_CACHE", str(cache))
        control.start(home)
    made = Account(tmp_path_factory.mktemp("account"), variables)
    rights = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": rights})
    made.client("iam").create_policy(PolicyName="boundary", PolicyDocument=document)
    yield made
    control.stop(home)


def test_a_project_waits_for_its_platform(account: Account) -> None:
    refused = account.projects["alpha"].mlstack("up", "local", exit_code=1)
    assert 'unknown stack "organization/acme-platform/local"' in refused.stderr
    assert "Traceback" not in refused.stderr
    account.projects["alpha"].mlstack("destroy", "local", "--yes", "--delete-data")


def test_a_platform_comes_up_and_stays_as_it_is(account: Account) -> None:
    platform = account.platform
    assert "resources in 8 components" in platform.mlstack("plan", "local").stdout
    outputs = account.outputs(platform)
    assert platform.json("up", "local", "--refresh")["changes"] == []
    assert platform.json("plan", "local")["changes"] == []
    assert platform.json("status", "local") == {"environment": "local", "up": True, "outputs": outputs}
    assert f"vpc_id: {outputs['vpc_id']}" in platform.mlstack("status", "local").stdout
    groups = account.client("logs").describe_log_groups(logGroupNamePrefix="/aws/sagemaker/")["logGroups"]
    assert len(groups) == 3
    assert {(each["retentionInDays"], each["kmsKeyId"]) for each in groups} == {(90, outputs["encryption_key_arn"])}
    (budget,) = account.client("budgets").describe_budgets(AccountId="000000000000")["Budgets"]
    assert "FilterExpression" not in budget
    tags = account.client("ce").list_cost_allocation_tags(Status="Active")["CostAllocationTags"]
    assert [each["TagKey"] for each in tags] == ["mlstack:project"]
    refused = platform.mlstack("run", "local", exit_code=2)
    assert "There is no mlstack.yaml" in refused.stderr


def test_two_projects_live_on_it(account: Account) -> None:
    outputs = account.outputs(account.platform)
    iam, sagemaker = account.client("iam"), account.client("sagemaker")
    for name, project in account.projects.items():
        own = account.outputs(project)
        for shared in ("vpc_id", "subnet_ids", "security_group_ids"):
            assert own[shared] == outputs[shared]
        definition = json.loads(sagemaker.describe_pipeline(PipelineName=own["pipeline_name"])["PipelineDefinition"])
        (train,) = [step for step in definition["Steps"] if step["Name"] == "train"]
        assert train["Arguments"]["VpcConfig"] == {
            "Subnets": outputs["subnet_ids"],
            "SecurityGroupIds": outputs["security_group_ids"],
        }
        role = train["Arguments"]["RoleArn"].rpartition("/")[2]
        assert role.startswith(f"{name}-local-training")
        assert iam.get_role(RoleName=role)["Role"]["PermissionsBoundary"]["PermissionsBoundaryArn"] == BOUNDARY
        (policy,) = iam.list_role_policies(RoleName=role)["PolicyNames"]
        document = iam.get_role_policy(RoleName=role, PolicyName=policy)["PolicyDocument"]
        (logs,) = [each for each in document["Statement"] if each["Sid"] == "WriteLogs"]
        assert logs["Resource"][0] == outputs["job_log_group_arns"]["training"]
        assert project.json("up", "local", "--refresh")["changes"] == []


def _encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def _token(key: RSAPrivateKey, subject: str) -> str:
    claims = {"iss": "https://token.actions.githubusercontent.com", "aud": "sts.amazonaws.com", "sub": subject}
    parts = ({"alg": "RS256", "kid": "k"}, {**claims, "exp": int(time.time()) + 300})
    signed = ".".join(_encoded(json.dumps(part).encode()) for part in parts)
    return f"{signed}.{_encoded(key.sign(signed.encode(), PKCS1v15(), SHA256()))}"


@pytest.fixture(scope="module")
def github(account: Account) -> RSAPrivateKey:
    """GitHub's key, which the local cloud is told."""
    key = generate_private_key(65537, 2048)
    numbers = key.public_key().public_numbers()
    n, e = (_encoded(value.to_bytes((value.bit_length() + 7) // 8)) for value in (numbers.n, numbers.e))
    file = Home(account.home).identity_providers / "token.actions.githubusercontent.com.json"
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps({"keys": [{"kty": "RSA", "kid": "k", "n": n, "e": e}]}))
    return key


def test_a_job_of_the_repository_deploys_its_own_project_alone(account: Account, github: RSAPrivateKey) -> None:
    outputs = account.outputs(account.platform)
    sts = account.client("sts", config=Config(signature_version=UNSIGNED))

    def assume(subject: str, role: str) -> dict[str, str]:
        arn, token = outputs[role]["alpha"], _token(github, subject)
        keys = sts.assume_role_with_web_identity(RoleArn=arn, RoleSessionName="job", WebIdentityToken=token)
        given = keys["Credentials"]
        names = {"AccessKeyId": "aws_access_key_id", "SecretAccessKey": "aws_secret_access_key"}
        return {**{to: given[of] for of, to in names.items()}, "aws_session_token": given["SessionToken"]}

    for subject in (
        f"repo:acme/{rest}" for rest in ("beta:environment:local", "alpha:environment:prod", "alpha:pull_request")
    ):
        with pytest.raises(ClientError, match="AccessDenied"):
            assume(subject, "deploy_role_arns")
    deploys = assume("repo:acme/alpha:environment:local", "deploy_role_arns")
    plans = assume("repo:acme/alpha:pull_request", "plan_role_arns")
    alpha, beta = (account.outputs(project) for project in account.projects.values())
    for keys, writes in ((deploys, True), (plans, False)):
        s3, sagemaker = account.client("s3", keys), account.client("sagemaker", keys)
        assert s3.get_bucket_versioning(Bucket=alpha["data_bucket"])["Status"] == "Enabled"
        assert sagemaker.describe_pipeline(PipelineName=alpha["pipeline_name"])["PipelineStatus"] == "Active"
        with pytest.raises(ClientError, match="AccessDenied"):
            s3.get_bucket_versioning(Bucket=beta["data_bucket"])
        with pytest.raises(ClientError, match="AccessDenied"):
            sagemaker.describe_pipeline(PipelineName=beta["pipeline_name"])
        change = {"PipelineName": alpha["pipeline_name"], "PipelineDescription": "changed"}
        if writes:
            sagemaker.update_pipeline(**change)
        else:
            with pytest.raises(ClientError, match="AccessDenied"):
                sagemaker.update_pipeline(**change)


def test_the_boundary_is_needed_for_roles_that_a_job_makes(account: Account, github: RSAPrivateKey) -> None:
    sts = account.client("sts", config=Config(signature_version=UNSIGNED))
    arn = account.outputs(account.platform)["deploy_role_arns"]["alpha"]
    token = _token(github, "repo:acme/alpha:environment:local")
    answer = sts.assume_role_with_web_identity(RoleArn=arn, RoleSessionName="job", WebIdentityToken=token)
    given = answer["Credentials"]
    iam = account.client(
        "iam",
        {
            "aws_access_key_id": given["AccessKeyId"],
            "aws_secret_access_key": given["SecretAccessKey"],
            "aws_session_token": given["SessionToken"],
        },
    )
    trust = {"Effect": "Allow", "Principal": {"Service": "sagemaker.amazonaws.com"}, "Action": "sts:AssumeRole"}
    role = {
        "RoleName": "alpha-local-by-hand",
        "AssumeRolePolicyDocument": json.dumps({"Version": "2012-10-17", "Statement": trust}),
    }
    with pytest.raises(ClientError, match="AccessDenied"):
        iam.create_role(**role)
    with pytest.raises(ClientError, match="AccessDenied"):
        iam.create_role(**{**role, "RoleName": "beta-local-by-hand"}, PermissionsBoundary=BOUNDARY)
    iam.create_role(**role, PermissionsBoundary=BOUNDARY)
    iam.delete_role(RoleName=role["RoleName"])


def test_a_lost_state_makes_no_second_platform(account: Account, tmp_path: Path) -> None:
    account.outputs(account.platform)
    state = account.home / "local" / "state" / ".pulumi" / "stacks" / "acme-platform"
    kept = shutil.move(state, tmp_path / "kept")
    try:
        refused = account.platform.mlstack("up", "local", exit_code=1)
    finally:
        shutil.rmtree(state, ignore_errors=True)
        shutil.move(kept, state)
    assert "'local' is in the cloud already (key alias/mlstack/acme-platform-local)" in refused.stderr


def test_all_goes_down_with_nothing_left(account: Account) -> None:
    for stack in (*account.projects.values(), account.platform):
        gone = stack.json("destroy", "local", "--yes", "--delete-data")
        assert gone["left"] == []
    assert account.client("iam").list_open_id_connect_providers()["OpenIDConnectProviderList"] == []
    assert account.client("iam").list_roles()["Roles"] == []
    assert account.client("logs").describe_log_groups()["logGroups"] == []
    assert account.client("ce").list_cost_allocation_tags(Status="Active")["CostAllocationTags"] == []
    vpcs = account.client("ec2").describe_vpcs(Filters=[{"Name": "is-default", "Values": ["false"]}])["Vpcs"]
    assert vpcs == []
    assert account.platform.json("status", "local") == {"environment": "local", "up": False}
