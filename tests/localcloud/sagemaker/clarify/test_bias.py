"""Metrics of bias by their definitions, which rows belong to a group, and what is worse than a baseline."""

import math

import pytest
from mlstack_localcloud.server.sagemaker.analyzer.dataset import DatasetError
from mlstack_localcloud.server.sagemaker.clarify import bias, bias_metrics
from mlstack_localcloud.server.sagemaker.clarify.configuration import Configuration
from mlstack_localcloud.server.sagemaker.clarify.groups import group_of

# Ten rows of the facet d, then ten others, each as (label, prediction).
FACET = [(1, 1)] * 2 + [(1, 0)] * 2 + [(0, 1)] * 1 + [(0, 0)] * 5
OTHERS = [(1, 1)] * 6 + [(1, 0)] * 1 + [(0, 1)] * 2 + [(0, 0)] * 1


def flags(rows):
    return [bool(label) for label, _ in rows], [bool(guess) for _, guess in rows]


def test_predictions_are_measured_as_clarify_defines_it():
    actual, predicted = flags(FACET + OTHERS)
    found = bias_metrics.post_training(actual, predicted, [True] * 10 + [False] * 10)
    assert found == pytest.approx(
        {
            "DPPL": 8 / 10 - 3 / 10,
            "DI": (3 / 10) / (8 / 10),
            "DCA": 7 / 8 - 4 / 3,
            "DCR": 6 / 7 - 3 / 2,
            "RD": 6 / 7 - 2 / 4,
            "SD": 5 / 6 - 1 / 3,
            "DAR": 6 / 8 - 2 / 3,
            "DRR": 5 / 7 - 1 / 2,
            "AD": 7 / 10 - 7 / 10,
            "TE": 2 / 1 - 1 / 2,
            # Benefits: 14 of 1, 3 of 0 (missed), 3 of 2 (given for nothing); their mean is 1.
            "GE": (14 * 0 + 3 * (0 - 1) + 3 * (4 - 1)) / (2 * 20),
        }
    )


def test_labels_are_measured_before_training():
    labels = ["yes"] * 4 + ["no"] * 6 + ["yes"] * 7 + ["no"] * 3
    facet = [True] * 10 + [False] * 10
    found = bias_metrics.pre_training(
        labels + ["no"] * 5, [each == "yes" for each in labels] + [False] * 5, [*facet, *[False] * 5]
    )
    yes, no = 7 / 15, 8 / 15
    assert found == pytest.approx(
        {
            "CI": (15 - 10) / 25,
            "DPL": yes - 0.4,
            "KL": yes * math.log(yes / 0.4) + no * math.log(no / 0.6),
            "JS": (
                yes * math.log(yes / ((yes + 0.4) / 2))
                + no * math.log(no / ((no + 0.6) / 2))
                + 0.4 * math.log(0.4 / ((yes + 0.4) / 2))
                + 0.6 * math.log(0.6 / ((no + 0.6) / 2))
            )
            / 2,
            "LP": math.hypot(yes - 0.4, no - 0.6),
            "TVD": (abs(yes - 0.4) + abs(no - 0.6)) / 2,
            "KS": abs(yes - 0.4),
        }
    )


def test_nothing_of_nothing_is_nothing_and_else_infinite():
    actual, predicted = flags([(1, 0), (0, 0), (1, 1), (0, 0)])
    found = bias_metrics.post_training(actual, predicted, [True, True, False, False])
    assert found["TE"] == math.inf
    assert found["DI"] == 0
    assert found["DCA"] == -math.inf


def test_a_facet_that_all_rows_have_can_not_be_compared():
    with pytest.raises(DatasetError, match="2 of 2 rows belong to the facet"):
        bias_metrics.post_training([True, False], [True, False], [True, True])


@pytest.mark.parametrize(
    ("values", "wanted", "name", "members"),
    [
        (["f", "m", "f"], ["f"], "f", (True, False, True)),
        (["a", "b", "c"], ["b", "a"], "a,b", (True, True, False)),
        (["1.5", "3.5", "2"], [2], "(2, 3.5]", (False, True, False)),
        # Whole numbers with many different values are a scale; with few they are categories.
        (["30", "40", "50"], [40], "(40, 50]", (False, False, True)),
        (["0", "1", "2"] * 30, [1], "1", (False, True, False) * 30),
        (["0", "1"], [1], "1", (False, True)),
    ],
)
def test_rows_of_a_group(values, wanted, name, members):
    found = group_of("column", values, wanted)
    assert (found.name, found.members) == (name, members)


def analysis(facet, others, **more):
    rows = facet + others
    asked = {
        "label": "good",
        "label_values_or_threshold": [1],
        "facet": [{"name_or_index": "sex", "value_or_threshold": ["f"]}],
        **more,
    }
    columns = [{"sex": "f"}] * len(facet) + [{"sex": "m"}] * len(others)
    labels, guesses = [str(label) for label, _ in rows], [str(guess) for _, guess in rows]
    return bias.Bias(Configuration(asked), columns, labels, guesses).analysis()


def test_the_analysis_has_the_form_of_clarifys():
    found = analysis(FACET, OTHERS)
    section = found["post_training_bias_metrics"]
    assert (section["label"], section["label_value_or_threshold"]) == ("good", "1")
    (entry,) = section["facets"]["sex"]
    assert entry["value_or_threshold"] == "f"
    assert {"name": "DI", "description": "Disparate Impact (DI)", "value": pytest.approx(0.375)} in entry["metrics"]
    assert "pre_training_bias_metrics" in found


def test_what_is_farther_from_balanced_is_a_violation():
    fair = analysis(OTHERS * 2, OTHERS * 2)
    unfair = analysis(FACET, OTHERS)
    assert bias.violations(unfair, unfair) == []
    assert bias.violations(fair, unfair) == []
    found = {each["metric_name"]: each for each in bias.violations(unfair, fair)}
    # An impact of 1 is balanced: less is worse, although it is nearer to 0.
    assert {"DI", "DPPL", "DPL", "TE"} <= found.keys()
    assert "CI" not in found
    assert found["DPPL"] == {
        "facet": "sex",
        "facet_value": "f",
        "metric_name": "DPPL",
        "constraint_check_type": "bias_drift_check",
        "description": "Value 0.5 does not meet the constraint requirement",
    }


def test_cloudwatch_is_told_stage_label_and_facet():
    told = {name: (value, dimensions) for name, value, dimensions in bias.metric_entries(analysis(FACET, OTHERS))}
    assert told["bias_metric_DPPL"] == (
        0.5,
        {"BiasStage": "Post-Training", "Label": "good", "LabelValue": "1", "Facet": "sex", "FacetValue": "f"},
    )
    infinite = analysis([(1, 0), (0, 0)], [(1, 1), (0, 0)])
    assert ("bias_metric_TE", bias.INFINITE) in {(name, value) for name, value, _ in bias.metric_entries(infinite)}


def test_only_what_is_asked_for_is_measured():
    assert set(analysis(FACET, OTHERS, methods={"pre_training_bias": {"methods": "all"}})) == {
        "version",
        "pre_training_bias_metrics",
    }
