"""Projects: what an update takes away is away, and no account sees another's."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError
from mlstack_localcloud.home import Home
from mlstack_localcloud.keys import ensure_keys

from .conftest import Builds, spec

OTHER = "111111111111"
VPC = {"vpcId": "vpc-1", "subnets": ["subnet-1"], "securityGroupIds": ["sg-1"]}


def test_an_update_takes_the_limit_and_the_network_away(builds):
    builds.project(spec(build=["true"]), concurrentBuildLimit=2, vpcConfig=VPC)
    update = builds.codebuild.update_project

    def found():
        return builds.codebuild.batch_get_projects(names=[builds.name])["projects"][0]

    assert (found()["concurrentBuildLimit"], found()["vpcConfig"]) == (2, VPC)
    update(name=builds.name, description="changed")
    assert (found()["concurrentBuildLimit"], found()["vpcConfig"]) == (2, VPC)
    answer = update(name=builds.name, concurrentBuildLimit=-1, vpcConfig={})["project"]
    assert {"concurrentBuildLimit", "vpcConfig"}.isdisjoint(answer)
    assert {"concurrentBuildLimit", "vpcConfig"}.isdisjoint(found())
    build = builds.built()
    assert build["buildStatus"] == "SUCCEEDED"
    assert "vpcConfig" not in build


class OfAccount:
    """The wire with the root key of another account."""

    def __init__(self, wire, home, account):
        key = ensure_keys(Home(home)).root_key(account)
        self._keys = {"aws_access_key_id": key.access_key_id, "aws_secret_access_key": key.secret_access_key}
        self._wire = wire

    def client(self, service):
        return self._wire.client(service, **self._keys)


def test_accounts_are_apart(builds, wire, local_cloud):
    here, there = builds, Builds(OfAccount(wire, local_cloud.home, OTHER))
    there.name, own = here.name, there.name
    mine = here.project(spec(build=["echo here"]))
    first = here.built()
    assert there.codebuild.batch_get_projects(names=[here.name])["projectsNotFound"] == [here.name]
    assert here.name not in there.codebuild.list_projects()["projects"]
    assert there.codebuild.batch_get_builds(ids=[first["id"]])["buildsNotFound"] == [first["id"]]
    assert first["id"] not in there.codebuild.list_builds()["ids"]
    with pytest.raises(ClientError, match="Project cannot be found"):
        there.start()
    with pytest.raises(ClientError, match="does not exist"):
        there.codebuild.stop_build(id=first["id"])
    there.codebuild.delete_project(name=here.name)
    # The same name is another project there, with numbers, logs and a role of its own.
    theirs = there.project(spec(build=["echo there; echo $AWS_ACCESS_KEY_ID"]))
    assert (mine["arn"].split(":")[4], theirs["arn"].split(":")[4]) == ("000000000000", OTHER)
    assert theirs["serviceRole"] == f"arn:aws:iam::{OTHER}:role/{own}"
    second = there.built()
    assert (second["buildStatus"], second["buildNumber"]) == ("SUCCEEDED", 1)
    assert "there" in there.lines(second)
    assert here.codebuild.list_builds_for_project(projectName=here.name)["ids"] == [first["id"]]
