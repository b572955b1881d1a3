"""boto3 and the AWS command line see what mlstack sees, and are refused with a wrong key."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from .conftest import Project

pytestmark = pytest.mark.usefixtures("released")

ROWS = "sample.csv"


def _aws(
    project: Project, *arguments: str, variables: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    command = Path(sys.executable).parent / "aws"
    return subprocess.run(
        [str(command), *arguments],
        env=variables or project.client_variables(),
        cwd=project.directory,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_csv_and_json_both_ways(up: Project) -> None:
    rows = (up.directory / ROWS).read_text().splitlines()
    table = up.mlstack("invoke", "local", "--file", ROWS).stdout.splitlines()
    assert len(table) == len(rows)
    assert table[0].startswith("weather,")
    answer = up.json("invoke", "local", "--file", ROWS, "--accept", "json")
    assert len(answer["predictions"]["predictions"]) == len(rows) - 1
    names = rows[0].split(",")
    instances = [dict(zip(names, row.split(","), strict=True)) for row in rows[1:]]
    (up.directory / "rows.json").write_text(json.dumps(instances))
    again = up.mlstack("invoke", "local", "--file", "rows.json", "--accept", "csv").stdout.splitlines()
    assert again == table
    first = up.json("invoke", "local", "--file", "rows.json")["predictions"]["predictions"][0]
    assert first["weather"] == table[1].split(",")[0]


def test_a_request_that_the_model_cannot_read(up: Project) -> None:
    (up.directory / "wrong.csv").write_text("1,2\n")
    said = up.mlstack("invoke", "local", "--file", "wrong.csv", exit_code=1).stderr
    assert "The model could not answer" in said
    assert "mlstack logs local --endpoint" in said


def test_boto3_lists_the_same_model_and_asks_the_same_endpoint(up: Project) -> None:
    listed = up.client("sagemaker").list_model_packages(ModelPackageGroupName="weather-local")[
        "ModelPackageSummaryList"
    ]
    own = up.json("models", "list")
    assert {each["ModelPackageArn"] for each in listed} == {each["arn"] for each in own}
    body = (up.directory / ROWS).read_bytes()
    answer = up.client("sagemaker-runtime").invoke_endpoint(
        EndpointName="weather-local", Body=body, ContentType="text/csv", Accept="text/csv"
    )
    assert answer["Body"].read().decode().splitlines() == (
        up.mlstack("invoke", "local", "--file", ROWS).stdout.splitlines()
    )


def test_the_aws_command_line_likewise(up: Project, tmp_path: Path) -> None:
    listed = _aws(up, "sagemaker", "list-model-packages", "--model-package-group-name", "weather-local")
    assert listed.returncode == 0, listed.stderr
    summaries = json.loads(listed.stdout)["ModelPackageSummaryList"]
    assert {each["ModelPackageArn"] for each in summaries} == {each["arn"] for each in up.json("models", "list")}
    answer = tmp_path / "answer.csv"
    asked = _aws(
        up,
        *("sagemaker-runtime", "invoke-endpoint", "--endpoint-name", "weather-local"),
        *("--content-type", "text/csv", "--accept", "text/csv", "--body", f"fileb://{up.directory / ROWS}"),
        str(answer),
    )
    assert asked.returncode == 0, asked.stderr
    assert answer.read_text().splitlines() == up.mlstack("invoke", "local", "--file", ROWS).stdout.splitlines()


@pytest.mark.parametrize("wrong", [{"aws_secret_access_key": "wrong"}, {"aws_access_key_id": "AKIAIOSFODNN7EXAMPLE"}])
def test_boto3_is_refused_with_a_wrong_key(up: Project, wrong: dict[str, str]) -> None:
    endpoint = up.client("sagemaker").meta.endpoint_url
    keys: dict[str, Any] = up.keys() | wrong
    session = boto3.Session(
        aws_access_key_id=keys["aws_access_key_id"],
        aws_secret_access_key=keys["aws_secret_access_key"],
        region_name="us-east-1",
    )
    runtime = session.client("sagemaker-runtime", endpoint_url=endpoint)
    with pytest.raises(ClientError) as raised:
        session.client("sagemaker", endpoint_url=endpoint).list_model_packages()
    assert raised.value.response["ResponseMetadata"]["HTTPStatusCode"] in {400, 403}
    with pytest.raises(ClientError) as raised:
        runtime.invoke_endpoint(EndpointName="weather-local", Body=b"1", ContentType="text/csv")
    assert raised.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403


def test_the_aws_command_line_is_refused_with_a_wrong_key(up: Project) -> None:
    variables = up.client_variables() | {"AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY": "wrong"}
    refused = _aws(up, "sagemaker", "list-model-packages", variables=variables)
    assert refused.returncode != 0
    assert "security token" in refused.stderr.lower() or "signature" in refused.stderr.lower()
