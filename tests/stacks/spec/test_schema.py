"""The published JSON schema and the reader agree on what is valid."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import botocore
import jsonschema
import pytest
import yaml
from mlstack_stacks.spec.regions import AWS_REGIONS
from mlstack_stacks.spec.schema import json_schema

if TYPE_CHECKING:
    from collections.abc import Iterator


def _errors(document: Any) -> Iterator[Any]:
    return jsonschema.Draft202012Validator(json_schema()).iter_errors(document)


def test_it_is_a_schema_and_accepts_a_valid_specification(spec_text: str) -> None:
    jsonschema.Draft202012Validator.check_schema(json_schema())
    document = yaml.safe_load(spec_text)
    assert list(_errors(document)) == []
    document["steps"]["train"]["framework"] = {"name": "sklearn", "version": "1.2-1"}
    ranges = {"max_depth": [2, 12], "rate": [0.01, 0.3], "loss": ["log_loss", "exponential"]}
    document["steps"]["tune"] = {"objective": {"metric": "f1"}, "max_jobs": 8, "ranges": ranges}
    document["environments"]["prod"]["steps"] = {"tune": {"max_jobs": 20}}
    document["steps"]["train"] |= {
        "spot": {"max_wait_minutes": 90},
        "instance_count": 2,
        "data_distribution": "sharded",
    }
    address = "111111111111.dkr.ecr.eu-west-1.amazonaws.com/team/churn"
    for image in (f"{address}:1.0", f"{address}@sha256:{64 * 'a'}"):
        own = {"framework": None, "image": image, "command": ["train"], "spot": None, "warm_pool_minutes": 30}
        document["environments"]["dev"]["steps"] = {"train": own}
        assert list(_errors(document)) == []
    schedule = {"cron": "0 8 * * MON-FRI", "min": 2, "max": 4}
    document["serving"] |= {"instances": {"min": 2, "max": 4}, "scaling": {"schedules": [schedule]}}
    document["serving"] |= {"rollout": "canary", "capture_percent": 20}
    document["environments"]["dev"]["serving"] = {"rollout": {"wait_minutes": 5}}
    assert list(_errors(document)) == []
    document["environments"]["local"] = None
    document["environments"]["dev"]["serving"] = None
    assert list(_errors(document)) == []
    ids = {"vpc": "vpc-01234567", "subnets": ["subnet-01234567"], "security_groups": ["sg-0123456789abcdef0"]}
    document["network"] = {"zones": 2, "cidr": "10.0.0.0/16"}
    document["secrets"] = {"weather/api-key": ["training", "serving"]}
    document["environments"]["dev"]["network"] = {"zones": None, **ids}
    document["environments"]["prod"]["network"] = {"zones": ["a", "c"]}
    document["environments"]["prod"]["roles"] = {
        "training": "arn:aws:iam::222222222222:role/training",
        "permissions_boundary": "arn:aws:iam::aws:policy/PowerUserAccess",
    }
    assert list(_errors(document)) == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (["name"], "Churn"),
        (["cluod"], "aws"),
        (["steps", "train", "entry_point"], "train.py"),
        (["steps", "train", "framework"], "sklern"),
        (["steps", "train", "image"], "111111111111.dkr.ecr.eu-west-1.amazonaws.com/churn"),
        (["steps", "train", "spot"], {"max_wait_minutes": 0}),
        (["steps", "train", "distribution"], "horovod"),
        (["steps", "train", "instance_type"], "m5.large"),
        (["steps", "train", "hyperparameters"], {"a b": 1}),
        (["steps", "evaluate", "gates"], {"accuracy": 0.8}),
        (["steps", "tune"], {"objective": {"metric": "f1"}, "ranges": {"max_depth": 2}}),
        (["steps", "tune"], {"objective": {"metric": "f1"}, "ranges": {"max_depth": [2, 12]}, "strategy": "best"}),
        (["serving", "instances", "min"], -1),
        (["serving", "capture_percent"], 101),
        (["serving", "rollout"], "blue_green"),
        (["serving", "rollout"], {"kind": "canary", "step_percent": 60}),
        (["serving", "scaling"], {"schedules": [{"cron": "daily", "min": 1, "max": 2}]}),
        (["registry", "approval"], "none"),
        (["features", "customers", "event_time"], 1),
        (["features", "customers", "schema", "visits"], "integr"),
        (["features", "Customers"], {}),
        (["features", "customers", "shema"], {}),
        (["environments", "prod", "features"], {"customers": {"online": "no"}}),
        (["network"], {"zones": 7}),
        (["network"], {"zones": ["eu-west-1a"]}),
        (["network"], {"zones": 2, "cidr": "10.0.0.0"}),
        (["network"], {"vpc": "my-vpc"}),
        (["roles"], {"training": "training"}),
        (["secrets"], {"weather/api-key": ["pipeline"]}),
        (["secrets"], {"weather *": ["training"]}),
        (["environments", "Dev"], {}),
        (["environments", "dev", "account"], 111111111111),
        (["environments", "dev", "region"], "mars-1"),
        (["environments", "prod", "serving", "instances", "min"], 1000),
        (["environments", "prod", "serving", "instnaces"], 1),
    ],
)
def test_it_refuses_what_the_reader_refuses(spec_text: str, path: list[str], value: object) -> None:
    document = yaml.safe_load(spec_text)
    target = document
    for key in path[:-1]:
        target = target[key]
    target[path[-1]] = value
    assert list(_errors(document))


def test_every_key_is_described() -> None:
    schema = json_schema()
    for name, definition in schema["$defs"].items():
        assert definition.get("description"), name
        for key, value in definition["properties"].items():
            parts = [value, *value.get("anyOf", [])]
            assert any("description" in part or "$ref" in part for part in parts), f"{name}.{key}"


def test_an_override_requires_nothing_and_has_no_defaults() -> None:
    schema = json_schema()
    for name, definition in schema["$defs"].items():
        if name.endswith("Override"):
            assert "required" not in definition
            assert '"default"' not in json.dumps(definition)


def test_the_regions_are_those_of_the_clouds_own_list() -> None:
    file = Path(botocore.__file__).parent / "data" / "endpoints.json"
    partitions = json.loads(file.read_text())["partitions"]
    public = [p for p in partitions if p["partition"] in {"aws", "aws-cn", "aws-us-gov"}]
    endpoints = {name for p in public for name in p["services"]["api.sagemaker"]["endpoints"]}
    known = {name for p in public for name in p["regions"]}
    assert set(AWS_REGIONS) == endpoints & known
