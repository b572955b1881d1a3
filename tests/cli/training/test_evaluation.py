import json

import pytest
from mlstack.training.evaluation import CrossValidation, parse_evaluation
from mlstack_components.errors import MlstackError

DOCUMENT = {
    "metrics": {"accuracy": {"value": 0.81}, "f1": 0.7},
    "classes": {"rain": {"precision": {"value": 0.9}, "support": 120}},
    "cross_validation": {"accuracy": {"mean": 0.8, "standard_deviation": 0.02, "folds": 5}},
}


def test_reads_values_and_bare_numbers() -> None:
    evaluation = parse_evaluation(json.dumps(DOCUMENT))
    assert evaluation.metrics == {"accuracy": 0.81, "f1": 0.7}
    assert evaluation.classes == {"rain": {"precision": 0.9, "support": 120.0}}
    assert evaluation.cross_validation == {"accuracy": CrossValidation(0.8, 0.02, 5)}


def test_metrics_alone_will_do() -> None:
    evaluation = parse_evaluation(b'{"metrics": {"recall": {"value": 1}}}')
    assert (evaluation.metrics, evaluation.classes, evaluation.cross_validation) == ({"recall": 1.0}, {}, {})


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("[]", "the file is no object"),
        ('{"metrics": []}', "metrics is no object"),
        ('{"metrics": {"accuracy": "high"}}', "metrics.accuracy is no number"),
        ('{"metrics": {"accuracy": {"value": true}}}', "metrics.accuracy is no number"),
        ('{"metrics": {}, "cross_validation": {"f1": {"folds": 5}}}', "cross_validation.f1.mean is no number"),
        ("{", "Expecting property name"),
    ],
)
def test_names_what_cannot_be_read(content: str, reason: str) -> None:
    with pytest.raises(MlstackError, match=r"evaluation of this run cannot be read") as raised:
        parse_evaluation(content, source="s3://bucket/evaluation.json")
    assert reason in raised.value.message
    assert "s3://bucket/evaluation.json" in raised.value.message


def test_json_round_trip() -> None:
    evaluation = parse_evaluation(json.dumps(DOCUMENT))
    assert parse_evaluation(json.dumps(evaluation.to_json())) == evaluation
