"""The realtime project in a network of its own, with a secret: up, unchanged, trained, served, and gone."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pytest

if TYPE_CHECKING:
    from .conftest import Project

SECRET = "storms/api-key"
PARTS = f"network: {{zones: 2}}\nsecrets: {{{SECRET}: [training]}}\n"
# AWS's images hold boto3; the local environment of a job holds what src/requirements.txt asks for, so it borrows ours.
READ_SECRET = f"""
import sys

sys.path.append("{Path(boto3.__file__).parents[1]}")
import boto3

key = boto3.client("secretsmanager").get_secret_value(SecretId="{SECRET}")["SecretString"]
print(f"the key has {{len(key)}} characters")
"""


@pytest.fixture(scope="module")
def networked(own_machine: Project) -> Project:
    made = own_machine.project("storms")
    directory = made.directory
    file = directory / "mlstack.yaml"
    file.write_text(file.read_text().replace("environments:", f"{PARTS}environments:", 1))
    script = directory / "src" / "train.py"
    script.write_text(script.read_text() + READ_SECRET)
    made.mlstack("up", "local")
    made.client("secretsmanager").create_secret(Name=SECRET, SecretString="0123456789")
    return made


@pytest.fixture(scope="module")
def vpc(networked: Project) -> Any:
    """The project's VPC."""
    tag = {"Name": "tag:mlstack:project", "Values": ["storms"]}
    (found,) = networked.client("ec2").describe_vpcs(Filters=[tag])["Vpcs"]
    return found


@pytest.fixture(scope="module")
def subnets(networked: Project, vpc: Any) -> set[str]:
    """The ids of its subnets."""
    of_vpc = {"Name": "vpc-id", "Values": [vpc["VpcId"]]}
    return {each["SubnetId"] for each in networked.client("ec2").describe_subnets(Filters=[of_vpc])["Subnets"]}


@pytest.fixture(scope="module")
def trained(networked: Project) -> Any:
    """A run's results."""
    return networked.json("run", "local")


def test_what_is_in_the_vpc_is_what_the_component_says(networked: Project, vpc: Any, subnets: set[str]) -> None:
    ec2, of_vpc = networked.client("ec2"), [{"Name": "vpc-id", "Values": [vpc["VpcId"]]}]
    assert len(subnets) == 2
    assert not ec2.describe_internet_gateways(Filters=[{"Name": "attachment.vpc-id", "Values": [vpc["VpcId"]]}])[
        "InternetGateways"
    ]
    groups = {each["GroupName"]: each for each in ec2.describe_security_groups(Filters=of_vpc)["SecurityGroups"]}
    assert (groups["default"]["IpPermissions"], groups["default"]["IpPermissionsEgress"]) == ([], [])
    ranges = [
        permitted["IpRanges"] + permitted["Ipv6Ranges"]
        for group in groups.values()
        for permitted in group["IpPermissions"] + group["IpPermissionsEgress"]
    ]
    assert ranges
    assert not any(ranges), "a rule reaches addresses outside the network"


def test_a_second_up_and_a_refresh_change_nothing(networked: Project) -> None:
    assert networked.json("up", "local")["changes"] == []
    refresh = "pulumi refresh --yes --non-interactive --expect-no-changes -s local"
    refreshed = subprocess.run(
        ["bash", "-ec", f'eval "$("$PYTHON" -m mlstack local env)" && {refresh}'],
        cwd=networked.directory / "infra",
        env={**networked.variables, "PYTHON": sys.executable},
        text=True,
        capture_output=True,
        check=False,
    )
    assert refreshed.returncode == 0, refreshed.stdout + refreshed.stderr


def test_the_plan_shows_the_exception(networked: Project) -> None:
    planned = networked.mlstack("plan", "local")
    assert f'training reads "{SECRET}", so its container is not isolated' in planned.stdout + planned.stderr


def test_jobs_run_in_it_and_only_who_may_read_the_secret_is_not_isolated(
    networked: Project, trained: Any, subnets: set[str]
) -> None:
    assert trained["execution"]["status"] == "Succeeded"
    assert "the key has 10 characters" in networked.mlstack("logs", "local", "--step", "train").stdout
    sagemaker = networked.client("sagemaker")
    (job,) = sagemaker.list_training_jobs()["TrainingJobSummaries"]
    training = sagemaker.describe_training_job(TrainingJobName=job["TrainingJobName"])
    assert set(training["VpcConfig"]["Subnets"]) == subnets
    assert training["EnableNetworkIsolation"] is False
    for job in sagemaker.list_processing_jobs()["ProcessingJobSummaries"]:
        processing = sagemaker.describe_processing_job(ProcessingJobName=job["ProcessingJobName"])["NetworkConfig"]
        assert set(processing["VpcConfig"]["Subnets"]) == subnets
        assert processing["EnableNetworkIsolation"] is True


def test_the_model_is_served_in_it_and_nothing_is_left_in_the_end(
    networked: Project, trained: Any, subnets: set[str]
) -> None:
    networked.mlstack("models", "approve", str(trained["model"]["version"]))
    networked.mlstack("release", "local")
    (model,) = networked.client("sagemaker").list_models()["Models"]
    described = networked.client("sagemaker").describe_model(ModelName=model["ModelName"])
    assert set(described["VpcConfig"]["Subnets"]) == subnets
    assert described["EnableNetworkIsolation"] is True
    destroyed = networked.json("destroy", "local", "--delete-data", "--yes")
    assert destroyed["left"] == []
    ec2 = networked.client("ec2")
    assert [each["IsDefault"] for each in ec2.describe_vpcs()["Vpcs"]] == [True]
    assert ec2.describe_flow_logs()["FlowLogs"] == []
    assert {each["State"] for each in ec2.describe_vpc_endpoints()["VpcEndpoints"]} <= {"deleted"}
