"""One registry for two accounts of the local cloud: trained in `dev`, approved for and served in `prod`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import ClientError
from mlstack_localcloud.control import client_environment

if TYPE_CHECKING:
    from collections.abc import Callable

    from .conftest import Project

DEV, PROD = "111111111111", "222222222222"


def _delivery(machine: Project) -> Project:
    answers = (f"dev_account={DEV}", f"prod_account={PROD}", "region=us-east-1", "name=delivery")
    machine.mlstack("init", "realtime", "delivery", "--yes", *(word for each in answers for word in ("--set", each)))
    project = type(machine)(machine.directory / "delivery", machine.home, machine.variables)
    file = project.directory / "mlstack.yaml"
    text = file.read_text().replace("  approval: manual\n", "  approval: manual\n  environment: dev\n")
    text = text.replace(f'"{DEV}",', f'"{DEV}", local: true, registry: {{share_with: ["{PROD}"]}},')
    told = "local: true, notifications: {emails: [ml-team@example.com]},"
    file.write_text(text.replace(f'"{PROD}",', f'"{PROD}", {told}'))
    return project


def test_a_version_of_one_account_is_delivered_to_another(machine: Project) -> None:
    project = _delivery(machine)
    for environment in ("dev", "prod"):
        project.mlstack("up", environment)
    heard = _hears_of_versions(project)
    assert "mlstack run dev" in project.mlstack("run", "prod", exit_code=1).stderr
    run = ("run", "dev", "--set", "n_estimators=20")
    arns = [project.json(*run)["model"]["arn"] for _ in range(2)]

    refused = project.mlstack("models", "approve", "1", "--environment", "prod", exit_code=1).stderr
    assert "models approve 1 --environment dev" in refused
    for number in ("1", "2"):
        project.mlstack("models", "approve", number, "--environment", "dev")
    project.mlstack("release", "prod", exit_code=1)
    for arn, number in zip(arns, ("1", "2"), strict=True):
        project.mlstack("models", "approve", number, "--environment", "prod")
        released = project.json("release", "prod")
        assert (released["model_package_arn"], released["changed"]) == (arn, True)
    assert arns[0].split(":")[4] == DEV
    assert heard("prod") >= {(arn, "Approved") for arn in arns}
    assert len(project.mlstack("invoke", "prod", "--file", "sample.csv").stdout.splitlines()) > 1
    _cannot_write(project, arns[0])

    project.mlstack("models", "rollback", "--environment", "prod")
    newest, first = project.json("models", "list", "--environment", "prod")
    assert (newest["stages"], newest["approval"]) == ({"prod": "rejected"}, "rejected")
    assert (first["stages"], first["released"]) == ({"prod": "approved"}, True)
    assert [each["approval"] for each in project.json("models", "list", "--environment", "dev")] == ["approved"] * 2
    assert project.json("release", "prod")["changed"] is False
    assert "account 222222222222" in project.mlstack("status", "prod").stdout
    project.mlstack("destroy", "prod", "--delete-data", "--yes")


def _hears_of_versions(project: Project) -> Callable[[str], set[tuple[str, str]]]:
    """Puts a queue beside the topic of `prod`; what it was told of a stage so far: the versions and their approval."""
    sqs, sns = _client(project, "sqs"), _client(project, "sns")
    (topic,) = (each["TopicArn"] for each in sns.list_topics()["Topics"])
    queue = f"arn:aws:sqs:us-east-1:{PROD}:heard"
    allowed = {"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": queue}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
    url = sqs.create_queue(QueueName="heard", Attributes={"Policy": policy})["QueueUrl"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue, Attributes={"RawMessageDelivery": "true"})

    def heard(stage: str) -> set[tuple[str, str]]:
        found = set()
        while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            for each in messages:
                sqs.delete_message(QueueUrl=url, ReceiptHandle=each["ReceiptHandle"])
                detail = json.loads(each["Body"])["detail"]
                if detail.get("ModelLifeCycle", {}).get("Stage") == stage:
                    found.add((str(detail["ModelPackageArn"]), str(detail["ModelLifeCycle"]["StageStatus"])))
        return found

    return heard


def _cannot_write(project: Project, arn: str) -> None:
    """What an account may do with another one's registry ends where it would change something."""
    sagemaker = _client(project, "sagemaker")
    with pytest.raises(ClientError, match="AccessDenied"):
        sagemaker.update_model_package(ModelPackageArn=arn, ModelApprovalStatus="Rejected")


def _client(project: Project, service: str) -> Any:
    """A client of the account of `prod`."""
    variables = client_environment(project.home, PROD)
    lines = Path(str(variables["AWS_SHARED_CREDENTIALS_FILE"])).read_text().splitlines()
    pairs = dict(line.replace(" ", "").split("=", 1) for line in lines if "=" in line)
    return boto3.client(service, endpoint_url=variables["AWS_ENDPOINT_URL"], region_name="us-east-1", **pairs)  # type: ignore[call-overload]
