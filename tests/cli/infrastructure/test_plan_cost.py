"""`mlstack plan` tells what an environment costs, and fails above a limit. No engine and no cloud is needed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from mlstack.cloud import price_list
from mlstack.engine.state import StateResource
from mlstack.infrastructure.cost import Costed, as_planned
from mlstack_stacks.plan.resources import PlannedResource
from mlstack_stacks.spec import EnvironmentSpec

from .conftest import Weather

if TYPE_CHECKING:
    from pathlib import Path

PROD = '  prod: {account: "222222222222", region: us-east-1, serving: {instances: {min: 2}}}\n'


@pytest.fixture(scope="module")
def storms(tmp_path_factory: pytest.TempPathFactory) -> Weather:
    """A generated project with an environment in the cloud, in a shell without credentials."""
    parent = tmp_path_factory.mktemp("projects")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PULUMI_", "MLSTACK_"))}
    variables = kept | {"MLSTACK_HOME": str(parent / "home"), "HOME": str(parent)}
    Weather(parent, variables).mlstack("init", "realtime", "storms", "--yes")
    project = Weather(parent / "storms", variables)
    with (project.directory / "mlstack.yaml").open("a") as file:
        file.write(PROD)
    return project


def test_the_cost_follows_the_tree(storms: Weather) -> None:
    shown = storms.mlstack("plan", "prod", "--check").stdout
    tree, _, cost = shown.partition("\nresource ")
    assert "aws:sagemaker:Pipeline" in tree
    assert "2 x ml.m5.large x 730 h" in cost
    assert "167.90" in cost
    assert "List prices of us-east-1 by mlstack's table (2026-09); no free tier" in cost
    assert "Not in the total: aws:sagemaker:Endpoint storms-prod-endpoint, data in and out" in cost


def test_a_script_reads_it(storms: Weather) -> None:
    cost = storms.json("plan", "prod", "--check")["cost"]
    assert cost["currency"] == "USD"
    assert cost["monthly"] == pytest.approx(sum(line["monthly"] for line in cost["lines"]), abs=1e-6)
    assert cost["lines"][0]["monthly"] == pytest.approx(2 * 730 * 0.115)
    assert cost["prices"] == {"source": "mlstack's table", "date": "2026-09", "region": "us-east-1"}
    assert (cost["deployed"], cost["difference"]) == (None, None)


def test_it_can_be_left_out(storms: Weather) -> None:
    assert "cost" not in storms.json("plan", "prod", "--check", "--no-cost")
    assert "USD" not in storms.mlstack("plan", "prod", "--check", "--no-cost").stdout


def test_the_local_cloud_bills_nothing_unless_asked_what_aws_would(storms: Weather) -> None:
    assert storms.json("plan", "local", "--check", "--fail-over", "0")["cost"]["billed"] is False
    assert "The local cloud bills nothing" in storms.mlstack("plan", "local", "--check").stdout
    assert storms.json("plan", "local", "--check", "--cost")["cost"]["monthly"] > 83.95
    storms.mlstack("plan", "local", "--check", "--cost", "--fail-over", "80", exit_code=1)


def test_above_the_limit_it_fails_after_it_has_shown_all(storms: Weather) -> None:
    ended = storms.mlstack("plan", "prod", "--check", "--fail-over", "100", exit_code=1)
    assert "167.90" in ended.stdout
    assert "USD a month, above the limit of 100.00 USD" in ended.stderr
    assert "2 parts without a price" in ended.stderr
    storms.mlstack("plan", "prod", "--check", "--fail-over", "1000")


def test_a_script_reads_one_document_above_the_limit_too(storms: Weather) -> None:
    document = storms.json("plan", "prod", "--check", "--fail-over", "100", exit_code=1)
    assert document["error"]["code"] == "cost-limit"
    assert document["cost"]["monthly"] > 100
    assert "error" not in storms.json("plan", "prod", "--check", "--fail-over", "1000")


@pytest.mark.parametrize("options", [["--no-cost", "--fail-over", "3"], ["--fail-over", "-1"], ["--fail-over", "much"]])
def test_a_limit_that_makes_no_sense_is_refused(storms: Weather, options: list[str]) -> None:
    assert storms.mlstack("plan", "prod", "--check", *options, exit_code=2).stdout == ""


def test_check_mode_asks_no_account(storms: Weather) -> None:
    """Whatever credentials there are: no client is even imported."""
    code = (
        "import sys; from mlstack.infrastructure.plan import plan;"
        "plan('prod', check_only=True, as_json=True); sys.stderr.write(str(sorted(sys.modules)))"
    )
    variables = storms.variables | {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "y"}
    ended = subprocess.run(
        [sys.executable, "-c", code], cwd=storms.directory, env=variables, capture_output=True, text=True, check=True
    )
    assert json.loads(ended.stdout)["cost"]["prices"]["source"] == "mlstack's table"
    assert "'mlstack_stacks.plan.cost.estimate'" in ended.stderr
    assert not any(f"'{module}'" in ended.stderr for module in ("boto3", "botocore.client", "botocore.session", "rich"))


def test_assumptions_are_an_environments_own(storms: Weather) -> None:
    file = storms.directory / "mlstack.yaml"
    before = file.read_text()
    try:
        file.write_text(before.replace("{min: 2}}}", "{min: 2}}, cost: {assumptions: {hours_per_month: 100}}}"))
        assert storms.json("plan", "prod", "--check")["cost"]["lines"][0]["monthly"] == pytest.approx(23)
        file.write_text(before + "cost: {assumptions: {hours_per_month: 800, runs_per_mnth: 3}}\n")
        told = storms.mlstack("plan", "prod", "--check", exit_code=2).stderr
    finally:
        file.write_text(before)
    assert "cost.assumptions.hours_per_month: must be at most 744." in told
    assert 'cost.assumptions.runs_per_mnth: unknown key. Did you mean "runs_per_month"?' in told


def _state(kind: str, name: str, /, *, external: bool = False, **outputs: Any) -> StateResource:
    urn = f"urn:pulumi:prod::storms::{kind}::{name}"
    return StateResource(urn, kind, name, outputs, {}, custom=True, external=external, retained=False)


def test_what_is_deployed_is_read_from_the_state(tmp_path: Path) -> None:
    spec = EnvironmentSpec(name="storms", environment="prod", account="222222222222", region="us-east-1")
    variants = [{"instanceType": "ml.m5.large", "initialInstanceCount": 1, "volumeSizeInGb": 0}]
    kind = "aws:sagemaker/endpointConfiguration:EndpointConfiguration"
    deployed = [
        _state(kind, "c", name="storms-1234567", productionVariants=variants),
        _state("aws:sagemaker/endpoint:Endpoint", "e", endpointConfigName="storms-1234567"),
        _state("aws:kms/key:Key", "theirs", external=True),
    ]
    planned = [
        PlannedResource(
            "u1",
            kind,
            "c",
            "p",
            custom=True,
            properties={"productionVariants": [{"instanceType": "ml.m5.large", "initialInstanceCount": 3}]},
        ),
        PlannedResource("u2", "aws:sagemaker/endpoint:Endpoint", "e", "p", custom=True),
    ]
    found = Costed.of(spec, planned, deployed, may_ask=False).document()
    assert found["deployed"] == pytest.approx(83.95)
    assert found["difference"] == pytest.approx(167.9)
    assert [(line["resource"], line["difference"]) for line in found["lines"]] == [("e", pytest.approx(167.9))]
    assert as_planned(deployed[1]).name == "e"


class TestWhoIsAsked:
    """The Price List is asked where it may be and credentials might be there, and nowhere else."""

    @pytest.fixture
    def asked(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
        """The services that a client in place of AWS's was asked for."""
        monkeypatch.setenv("HOME", str(tmp_path))
        monkeypatch.setenv("MLSTACK_CACHE", str(tmp_path / "cache"))
        services: list[str] = []
        tier = {"unit": "GB-Mo", "beginRange": "0", "pricePerUnit": {"USD": "0.2"}}
        attributes = {"usagetype": "EU-TimedStorage-ByteHrs", "regionCode": "eu-west-1"}
        product = {
            "product": {"productFamily": "EC2 Container Registry", "attributes": attributes},
            "terms": {"OnDemand": {"t": {"priceDimensions": {"d": tier}}}},
        }

        class Client:
            def get_paginator(self, _: str) -> Client:
                return self

            def paginate(self, ServiceCode: str, **_: Any) -> list[dict[str, Any]]:  # noqa: N803 - the API's name
                services.append(ServiceCode)
                return [{"PriceList": [json.dumps(product)]}]

        monkeypatch.setattr(price_list, "_client", Client)
        return services

    @staticmethod
    def _cost(*, may_ask: bool) -> dict[str, Any]:
        spec = EnvironmentSpec(name="storms", environment="prod", account="222222222222", region="eu-west-1")
        planned = [PlannedResource("u", "aws:ecr/repository:Repository", "r", None, custom=True)]
        return Costed.of(spec, planned, None, may_ask=may_ask).document()

    def test_with_credentials_it_is_asked(self, asked: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("AWS_PROFILE", "prod")
        cost = self._cost(may_ask=True)
        assert asked == ["AmazonECR"]
        assert cost["monthly"] == pytest.approx(5 * 0.2)
        assert (cost["prices"]["source"], cost["prices"]["region"]) == ("the AWS Price List API", "eu-west-1")

    def test_without_credentials_it_is_not(self, asked: list[str]) -> None:
        assert self._cost(may_ask=True)["monthly"] == pytest.approx(5 * 0.1)
        assert asked == []

    def test_where_it_may_not_be_asked_it_is_not(self, asked: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("AWS_PROFILE", "prod")
        assert self._cost(may_ask=False)["prices"]["region"] == "us-east-1"
        assert asked == []
