"""The metrics of predictions, against scikit-learn's, and the merge of labels with calls."""

import json
import random

import pytest
from mlstack_localcloud.server.sagemaker.analyzer import labels, quality_metrics
from mlstack_localcloud.server.sagemaker.analyzer.dataset import DatasetError
from mlstack_localcloud.server.sagemaker.analyzer.model_quality import ModelQuality


def measured(problem, rows, **variables):
    given = {"problem_type": problem, "inference_attribute": "prediction", "ground_truth_attribute": "label"}
    return ModelQuality({**given, **variables}, rows)


def test_classes_are_measured_as_scikit_learn_does():
    metrics = pytest.importorskip("sklearn.metrics")
    chance = random.Random(4)
    rows = [{"prediction": chance.choice("abc"), "label": chance.choice("abcd")} for _ in range(200)]
    actual, predicted = [row["label"] for row in rows], [row["prediction"] for row in rows]
    found, _ = measured(quality_metrics.MULTICLASS, rows).measured
    given = {"average": "weighted", "zero_division": 0}
    assert found["accuracy"] == pytest.approx(metrics.accuracy_score(actual, predicted))
    assert found["weighted_recall"] == pytest.approx(metrics.recall_score(actual, predicted, **given))
    assert found["weighted_precision"] == pytest.approx(metrics.precision_score(actual, predicted, **given))
    for name, beta in (("f0_5", 0.5), ("f1", 1), ("f2", 2)):
        assert found[f"weighted_{name}"] == pytest.approx(metrics.fbeta_score(actual, predicted, beta=beta, **given))


def test_yes_and_no_are_measured_as_scikit_learn_does():
    metrics = pytest.importorskip("sklearn.metrics")
    chance = random.Random(5)
    rows = [{"probability": round(chance.random(), 1), "label": chance.choice("01")} for _ in range(200)]
    quality = measured(
        quality_metrics.BINARY,
        rows,
        inference_attribute="",
        probability_attribute="probability",
        probability_threshold_attribute="0.7",
    )
    actual = [int(row["label"]) for row in rows]
    predicted = [int(row["probability"] >= 0.7) for row in rows]
    found, confusion = quality.measured
    assert found["auc"] == pytest.approx(metrics.roc_auc_score(actual, [row["probability"] for row in rows]))
    assert found["precision"] == pytest.approx(metrics.precision_score(actual, predicted))
    assert found["recall"] == pytest.approx(metrics.recall_score(actual, predicted))
    assert [[confusion[a][b] for b in "01"] for a in "01"] == metrics.confusion_matrix(actual, predicted).tolist()


def test_numbers_are_measured():
    rows = [{"prediction": "1", "label": "2"}, {"prediction": "4", "label": "4"}, {"prediction": "6", "label": "3"}]
    found, confusion = measured(quality_metrics.REGRESSION, rows).measured
    assert confusion is None
    assert found == pytest.approx({"mae": 4 / 3, "mse": 10 / 3, "rmse": (10 / 3) ** 0.5, "r2": 1 - 10 / 2})


def test_errors_may_not_grow_and_shares_may_not_shrink():
    before = measured(quality_metrics.REGRESSION, [{"prediction": 1, "label": 1}, {"prediction": 3, "label": 2}])
    after = measured(quality_metrics.REGRESSION, [{"prediction": 1, "label": 1}, {"prediction": 5, "label": 2}])
    limits = before.constraints()
    assert limits["regression_constraints"]["mae"] == {"threshold": 0.5, "comparison_operator": "GreaterThanThreshold"}
    assert before.violations(limits) == []
    checks = {each["metric_name"]: each["constraint_check_type"] for each in after.violations(limits)}
    assert checks == {
        "mae": "GreaterThanThreshold",
        "mse": "GreaterThanThreshold",
        "rmse": "GreaterThanThreshold",
        "r2": "LessThanThreshold",
    }


def test_labels_are_known_by_the_callers_id_or_the_calls(tmp_path):
    lines = [
        {"groundTruthData": {"data": "a\nb", "encoding": "CSV"}, "eventMetadata": {"eventId": "mine"}},
        {"groundTruthData": {"data": "c", "encoding": "CSV"}, "eventMetadata": {"eventId": "event-2"}},
        {"groundTruthData": {"data": "d", "encoding": "CSV"}, "eventMetadata": {"eventId": "event-3"}},
    ]
    (tmp_path / "labels.jsonl").write_text("\n".join(map(json.dumps, lines)))
    calls = [
        ({"eventId": "event-1", "inferenceId": "mine"}, [{"prediction": 1}, {"prediction": 2}]),
        ({"eventId": "event-2"}, [{"prediction": 3}]),
        ({"eventId": "event-3"}, [{"prediction": 4}, {"prediction": 5}]),
        ({"eventId": "event-4"}, [{"prediction": 6}]),
    ]
    found = [(row["prediction"], row[labels.LABEL]) for row in labels.merged(calls, labels.read_labels(tmp_path))]
    assert found == [(1, "a"), (2, "b"), (3, "c")]


def test_a_line_that_is_no_label_is_named(tmp_path):
    (tmp_path / "labels.jsonl").write_text('{"label": 1}\n')
    with pytest.raises(DatasetError, match=r"Line 1 of labels.jsonl is no ground truth"):
        labels.read_labels(tmp_path)


def test_a_missing_prediction_is_told():
    with pytest.raises(DatasetError, match="1 of 2 rows have no prediction"):
        _ = measured(quality_metrics.MULTICLASS, [{"prediction": "a", "label": "a"}, {"label": "a"}]).measured
