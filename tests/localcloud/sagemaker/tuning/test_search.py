"""Which hyperparameters are tried: within their ranges, spread over them, each combination of a grid once."""

import itertools
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mlstack_localcloud.server.sagemaker.tuning.search import RangeError, candidates


def config(strategy, integers=(), continuous=(), categories=(), **more):
    return {
        "Strategy": strategy,
        "ParameterRanges": {
            "IntegerParameterRanges": list(integers),
            "ContinuousParameterRanges": list(continuous),
            "CategoricalParameterRanges": list(categories),
        },
        **more,
    }


def limits(name, low, high, scaling="Auto"):
    return {"Name": name, "MinValue": str(low), "MaxValue": str(high), "ScalingType": scaling}


def tried(count, *args, **kwargs):
    return list(itertools.islice(candidates(config(*args, **kwargs)), count))


@pytest.mark.parametrize("strategy", ["Random", "Bayesian"])
@given(
    low=st.integers(-1000, 1000),
    width=st.integers(0, 1000),
    seed=st.integers(0, 2**31),
)
def test_whole_numbers_stay_within_their_limits(strategy, low, width, seed):
    for each in tried(20, strategy, integers=[limits("n", low, low + width)], RandomSeed=seed):
        assert low <= int(each["n"]) <= low + width


@pytest.mark.parametrize("strategy", ["Random", "Bayesian"])
@pytest.mark.parametrize("scaling", ["Auto", "Linear", "Logarithmic", "ReverseLogarithmic"])
@given(low=st.floats(0.001, 0.5), width=st.floats(0.0, 0.499), seed=st.integers(0, 2**31))
def test_numbers_stay_within_their_limits(strategy, scaling, low, width, seed):
    ranges = [limits("x", low, low + width, scaling)]
    for each in tried(20, strategy, continuous=ranges, RandomSeed=seed):
        assert low <= float(each["x"]) <= low + width


def test_both_ends_of_a_range_are_reached():
    found = {each["n"] for each in tried(200, "Random", integers=[limits("n", 1, 4)], RandomSeed=1)}
    assert found == {"1", "2", "3", "4"}


def test_spread_tries_leave_no_half_empty():
    """Of 8 tries 3 to 5 lie in each half, for every start: what chance does not promise."""
    for seed in range(50):
        values = tried(8, "Bayesian", continuous=[limits("x", 0, 1), limits("y", 0, 1)], RandomSeed=seed)
        for name in ("x", "y"):
            assert 3 <= sum(float(each[name]) < 0.5 for each in values) <= 5


def test_a_logarithmic_range_tries_each_order_of_magnitude():
    values = [float(each["x"]) for each in tried(300, "Random", continuous=[limits("x", 0.001, 1, "Logarithmic")])]
    assert all(sum(low <= value < low * 10 for value in values) > 60 for low in (0.001, 0.01, 0.1))


def test_categories_are_tried_alike():
    counts = Counter(each["c"] for each in tried(90, "Bayesian", categories=[{"Name": "c", "Values": ["a", "b", "d"]}]))
    assert all(25 <= count <= 35 for count in counts.values())


def test_the_same_seed_tries_the_same():
    ranges = {"continuous": [limits("x", 0, 1)], "integers": [limits("n", 1, 9)]}
    assert tried(5, "Random", **ranges, RandomSeed=7) == tried(5, "Random", **ranges, RandomSeed=7)
    assert tried(5, "Random", **ranges, RandomSeed=7) != tried(5, "Random", **ranges, RandomSeed=8)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({}, "has no range"),
        ({"integers": [limits("n", 5, 1)]}, "begins at 5 and ends at 1"),
        ({"integers": [limits("n", "one", 2)]}, "no numbers"),
        ({"continuous": [limits("x", 0, 1, "Logarithmic")]}, "logarithmic and begins at 0"),
        ({"continuous": [limits("x", 0, 1, "ReverseLogarithmic")]}, "not within 0 and 1"),
    ],
)
def test_a_range_without_values_is_refused(wrong, message):
    with pytest.raises(RangeError, match=message):
        candidates(config("Random", **wrong))
