"""Shapley values against models whose values are known, and how far reasons have drifted."""

import random
import urllib.parse

import pytest
from mlstack_localcloud.server.sagemaker.analyzer.dataset import DatasetError
from mlstack_localcloud.server.sagemaker.clarify import explanations
from mlstack_localcloud.server.sagemaker.clarify.configuration import Configuration
from mlstack_localcloud.server.sagemaker.clarify.requests import signed_headers
from mlstack_localcloud.server.sagemaker.clarify.shapley import MOST_EXACT, shapley_values


def test_values_of_a_sum_are_its_terms():
    def score(rows):
        return [3 * a - 2 * b + 0 * c for a, b, c in rows]

    found = shapley_values(score, [[2, 5, 9], [0, 0, 0]], [1, 1, 1])
    assert found == [pytest.approx([3, -8, 0]), pytest.approx([-3, 2, 0])]


def test_what_features_do_together_is_shared():
    def score(rows):
        return [a * b + c for a, b, c in rows]

    (found,) = shapley_values(score, [[2, 3, 4]], [0, 0, 0])
    assert found == pytest.approx([3, 3, 4])


def test_with_many_features_orders_are_sampled_and_the_sum_is_exact():
    chance = random.Random(7)
    weights = [chance.uniform(-1, 1) for _ in range(MOST_EXACT + 3)]

    def score(rows):
        return [sum(w * value for w, value in zip(weights, row, strict=True)) + row[0] * row[1] for row in rows]

    row, reference = [1.0] * len(weights), [0.0] * len(weights)
    (found,) = shapley_values(score, [row], reference)
    assert sum(found) == pytest.approx(score([row])[0] - score([reference])[0])
    assert found[2:] == pytest.approx(weights[2:])
    # Forwards and backwards, each of the two comes before the other equally often.
    assert found[:2] == pytest.approx([weights[0] + 0.5, weights[1] + 0.5])
    assert shapley_values(score, [row], reference) == [found]


def test_reasons_are_compared_as_scikit_learn_does():
    metrics = pytest.importorskip("sklearn.metrics")
    chance = random.Random(3)
    for _ in range(20):
        before = {name: chance.random() for name in "abcdef"}
        now = {name: chance.random() for name in "abcdef"}
        expected = metrics.ndcg_score([[before[n] for n in "abcdef"]], [[now[n] for n in "abcdef"]])
        assert explanations.gain(before, now) == pytest.approx(expected)


def analysis(**values):
    return {"explanations": {"kernel_shap": {"label0": {"global_shap_values": values, "expected_value": 0.5}}}}


def test_reasons_that_changed_places_are_a_violation():
    # The example of SageMaker's developer guide, in which the ranking is reversed.
    before, now = analysis(sat=0.7, gpa=0.5, rank=0.05), analysis(sat=0.1, gpa=0.2, rank=0.7)
    assert explanations.violations(before, before) == []
    (found,) = explanations.violations(now, before)
    assert (found["label"], found["metric_name"]) == ("label0", "shap")
    assert found["constraint_check_type"] == "feature_attribution_drift_check"
    assert found["description"].startswith("Feature attribution drift 0.6")
    assert found["description"].endswith("exceeds threshold 0.9")


def explained(rows, **asked):
    configuration = Configuration({"methods": {"shap": asked}, "predictor": {"label_headers": ["probability"]}})
    return explanations.explained(configuration, rows, lambda given: [float(a) * 2 + (b == "x") for a, b in given])


ROWS = [{"a": "1", "b": "x"}, {"a": "3", "b": "x"}, {"a": "5", "b": "y"}]


def test_without_a_reference_rows_are_compared_with_their_centre():
    found = explained(ROWS)["explanations"]["kernel_shap"]["probability"]
    assert found["global_shap_values"] == pytest.approx({"a": 8 / 3, "b": 1 / 3})
    assert found["expected_value"] == 7


def test_a_reference_is_what_rows_are_compared_with():
    found = explained(ROWS, baseline=[[0, "y"]])["explanations"]["kernel_shap"]["probability"]
    assert found["global_shap_values"] == pytest.approx({"a": 6, "b": 2 / 3})
    assert found["expected_value"] == 0
    with pytest.raises(DatasetError, match=r"shap.baseline has 1 values, and there are 2 features"):
        explained(ROWS, baseline=[[0]])


def test_cloudwatch_is_told_each_features_share():
    told = explanations.metric_entries(analysis(a=0.25))
    common = {"ExplainabilityMethod": "KernelShap", "Label": "label0"}
    assert told == [
        ("feature_a", 0.25, {**common, "ValueType": "GlobalShapValues"}),
        ("ExpectedValue", 0.5, {**common, "ValueType": "ExpectedValue"}),
    ]


def test_requests_are_signed_as_botocore_does():
    from datetime import UTC, datetime

    from botocore.auth import SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials

    keys = {"AWS_ACCESS_KEY_ID": "AKID", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_SESSION_TOKEN": "token"}
    address, path, body = "http://127.0.0.1:4321", "/endpoints/sm-clarify-1/invocations", b"1,2\n"
    headers = {"content-type": "text/csv", "accept": "text/csv", "host": urllib.parse.urlsplit(address).netloc}
    request = AWSRequest("POST", address + path, headers=headers, data=body)
    SigV4Auth(Credentials("AKID", "secret", "token"), "sagemaker", "eu-west-1").add_auth(request)
    at = datetime.strptime(request.context["timestamp"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    found = signed_headers({**keys, "AWS_REGION": "eu-west-1"}, path, body, headers, at)
    assert found["authorization"] == request.headers["Authorization"]
