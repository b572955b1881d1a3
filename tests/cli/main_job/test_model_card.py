"""A version that is registered with a model card, from mlstack.yaml to `mlstack models show`."""

import yaml

from .conftest import Project


def test_a_version_says_what_it_is_for_and_how_it_was_measured(up: Project) -> None:
    file = up.directory / "mlstack.yaml"
    before = file.read_bytes()
    document = yaml.safe_load(before)
    document["registry"] = {**document["registry"], "card": {"intended_use": 'Tells "rain".', "risk_rating": "low"}}
    file.write_text(yaml.safe_dump(document))
    try:
        changes = up.json("up", "local")["changes"]
        assert [each["urn"].rpartition("::")[2] for each in changes] == ["weather-local-pipeline"]
        run = up.json("run", "local")
        shown = up.json("models", "show", str(run["model"]["version"]))
        assert "intended use  " in up.mlstack("models", "show", str(run["model"]["version"])).stdout
        up.mlstack("models", "reject", str(run["model"]["version"]))
    finally:
        file.write_bytes(before)
        up.mlstack("up", "local")
    card = shown["card"]
    assert card["status"] == "Draft"
    assert card["content"]["intended_uses"] == {"intended_uses": 'Tells "rain".', "risk_rating": "Low"}
    job = card["content"]["training_details"]["training_job_details"]
    assert job["training_datasets"] == [shown["metadata"]["data_uri"]]
    assert ":training-job/" in job["training_arn"]
    given = {each["name"]: each["value"] for each in job["user_provided_hyper_parameters"]}
    assert given == {name: str(value) for name, value in document["steps"]["train"]["hyperparameters"].items()}
    (evaluation,) = card["content"]["evaluation_details"]
    (group,) = evaluation["metric_groups"]
    told = {each["name"]: each["value"] for each in group["metric_data"]}
    assert told.keys() == document["steps"]["evaluate"]["gates"].keys()
    assert told == {name: shown["evaluation"]["metrics"][name] for name in told}
