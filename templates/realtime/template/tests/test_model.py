"""Training, evaluation, and the gates between them and the registry."""

import json
import operator
import tarfile

import pytest

COMPARE = {">=": operator.ge, ">": operator.gt, "<=": operator.le, "<": operator.lt}


def passed(report, spec):
    """Says of each gate of mlstack.yaml whether a report passes it."""
    verdicts = {}
    for name, gate in spec["steps"]["evaluate"]["gates"].items():
        comparator, threshold = gate.split()
        verdicts[name] = COMPARE[comparator](report["metrics"][name]["value"], float(threshold))
    return verdicts


def test_the_model_passes_the_gates(model, evaluate, spec):
    verdicts = passed(evaluate(model), spec)
    assert verdicts
    assert all(verdicts.values()), verdicts


def test_the_gates_refuse_a_model_that_hardly_sees_mist_though_it_is_accurate(train, evaluate, spec):
    verdicts = passed(evaluate(train(class_weight="none")), spec)
    assert verdicts["accuracy"]
    assert not verdicts["recall"]


def test_training_twice_gives_the_same_model(model, train, evaluate):
    assert evaluate(model) == evaluate(train())


def test_the_report_holds_every_class_and_the_cross_validation(model, evaluate):
    report = evaluate(model)
    assert set(report["classes"]) == {"mist", "rain", "sun"}
    for name in ("accuracy", "precision", "recall", "f1"):
        assert 0 < report["metrics"][name]["value"] < 1
        assert report["cross_validation"][name]["folds"] == 5
        assert report["cross_validation"][name]["standard_deviation"] > 0
    macro = sum(each["recall"]["value"] for each in report["classes"].values()) / 3
    assert report["metrics"]["recall"]["value"] == pytest.approx(macro)


def test_an_archived_model_is_evaluated_the_same(model, evaluate, tmp_path):
    with tarfile.open(tmp_path / "model.tar.gz", "w:gz") as archive:
        archive.add(model, arcname=".")
    assert evaluate(tmp_path) == evaluate(model)


def test_the_model_carries_the_code_that_serves_it(model, spec):
    code = {file.name for file in (model / "code").iterdir()}
    assert {"serve.py", "features.py", "requirements.txt"} <= code
    assert json.loads((model / "cross_validation.json").read_text())
