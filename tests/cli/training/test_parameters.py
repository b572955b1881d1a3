import pytest
from mlstack.training.parameters import parse_settings
from mlstack_components.errors import UserError

DEFINITION = {
    "Parameters": [
        {"Name": "max_depth", "Type": "Integer", "DefaultValue": 6},
        {"Name": "learning_rate", "Type": "Float", "DefaultValue": 0.1},
        {"Name": "balanced", "Type": "Boolean", "DefaultValue": "true"},
        {"Name": "criterion", "Type": "String", "DefaultValue": "gini", "EnumValues": ["gini", "entropy"]},
        {"Name": "CodeUri", "Type": "String"},
    ],
    "Steps": [
        {"Name": "prepare", "Type": "Processing", "Arguments": {}},
        {
            "Name": "tune",
            "Type": "Tuning",
            "Arguments": {
                "HyperParameterTuningJobConfig": {
                    "ParameterRanges": {"IntegerParameterRanges": [{"Name": "n_estimators"}]},
                }
            },
        },
    ],
}


def test_values_become_strings_by_name() -> None:
    settings = ["max_depth=8", "learning_rate=1e-3", "balanced=False", "criterion=entropy", "CodeUri=s3://b/k=1"]
    assert parse_settings(settings, DEFINITION) == {
        "max_depth": "8",
        "learning_rate": "1e-3",
        "balanced": "false",
        "criterion": "entropy",
        "CodeUri": "s3://b/k=1",
    }


def test_the_last_one_wins() -> None:
    assert parse_settings(["max_depth=8", "max_depth=9"], DEFINITION) == {"max_depth": "9"}


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("max_depth", "--set max_depth=8"),
        ("=8", "--set max_depth=8"),
        ("maxdepth=8", "Did you mean `max_depth`?"),
        ("colour=8", "steps.train.hyperparameters"),
        ("n_estimators=8", "Tuning chooses it."),
        ("max_depth=8.5", "takes an integer, and `8.5` is none"),
        ("learning_rate=nan", "takes a float, and `nan` is none"),
        ("balanced=1", "takes a boolean"),
        ("criterion=mse", "It takes gini, entropy."),
    ],
)
def test_a_mistake_is_told_before_the_run_starts(setting: str, said: str) -> None:
    with pytest.raises(UserError) as raised:
        parse_settings([setting], DEFINITION)
    assert said in str(raised.value)
