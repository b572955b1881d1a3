"""What a build project is given no more is taken away: UpdateProject keeps whatever a request leaves out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import botocore.session
from mlstack_localcloud.provider.api import Api
from mlstack_localcloud.provider.configuration import Configuration
from mlstack_localcloud.provider.lifecycle import Lifecycle
from mlstack_localcloud.provider.registry import resource_type
from mlstack_localcloud.provider.requests import Requests

from .cases.codebuild import trust

if TYPE_CHECKING:
    import boto3

NAME = "given-no-more"
ACCOUNT, REGION = "000000000000", "us-east-1"


class _Clients:
    def __init__(self, aws: boto3.Session) -> None:
        self._aws = aws

    def client(self, service: Any, region: str, role_arn: str | None = None) -> Any:
        assert (region, role_arn) == (REGION, None)
        return self._aws.client(service)


def test_the_limit_and_the_network_go(aws: boto3.Session) -> None:
    role = aws.client("iam").create_role(RoleName=NAME, AssumeRolePolicyDocument=trust())["Role"]["Arn"]
    type_ = resource_type("aws:codebuild/project:Project")
    model = botocore.session.get_session().get_service_model(type_.service)
    api = Api(Requests(type_, model), _Clients(aws), REGION)
    life = Lifecycle(api, Configuration(ACCOUNT), REGION, lambda: False)
    given: dict[str, Any] = {
        "name": NAME,
        "artifacts": {"type": "NO_ARTIFACTS"},
        "environment": {"type": "LINUX_CONTAINER", "image": "i", "computeType": "BUILD_GENERAL1_SMALL"},
        "serviceRole": role,
        "source": {"type": "NO_SOURCE", "buildspec": "version: 0.2\nphases: {build: {commands: ['true']}}\n"},
    }
    both = {
        **given,
        "concurrentBuildLimit": 1,
        "vpcConfig": {"vpcId": "vpc-1", "subnets": ["subnet-1"], "securityGroupIds": ["sg-1"]},
    }
    codebuild: Any = aws.client("codebuild")

    def found() -> set[str]:
        (project,) = codebuild.batch_get_projects(names=[NAME])["projects"]
        return {"concurrentBuildLimit", "vpcConfig"} & set(project)

    id_, outputs = life.create(both)
    assert found() == {"concurrentBuildLimit", "vpcConfig"}
    described = {**both, "description": "changed"}
    outputs = life.update(id_, both, described, outputs)
    assert found() == {"concurrentBuildLimit", "vpcConfig"}
    life.update(id_, described, given, outputs)
    assert found() == set()
    life.delete(id_, outputs)
