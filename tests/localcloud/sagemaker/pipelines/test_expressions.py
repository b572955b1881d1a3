import pytest
from mlstack_localcloud.server.sagemaker.pipelines.conditions import holds
from mlstack_localcloud.server.sagemaker.pipelines.expressions import ExpressionError, look_up, resolved, steps_in


class Scope:
    def __init__(self):
        self.parameters = {"depth": 6, "rate": 0.5, "fast": True, "name": "sun"}
        self.facts = {"PipelineExecutionId": "abc"}

    def properties(self, step):
        return {
            "ProcessingOutputConfig": {"Outputs": [{"OutputName": "a", "S3Output": {"S3Uri": f"s3://{step}"}}]},
            "Numbers": [1, 2],
        }

    def property_file(self, step, name):
        return {"metrics": {"f1": {"value": 0.7}}, "of": [step, name], "a.b": 1}


SCOPE = Scope()
REPORT = {"Get": "Steps.evaluate.PropertyFiles.Report"}


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ({"Get": "Parameters.depth"}, 6),
        ({"Get": "Execution.PipelineExecutionId"}, "abc"),
        ({"Get": "Steps.prepare.ProcessingOutputConfig.Outputs['a'].S3Output.S3Uri"}, "s3://prepare"),
        ({"Get": 'Steps.prepare.ProcessingOutputConfig.Outputs["a"].S3Output.S3Uri'}, "s3://prepare"),
        ({"Get": "Steps.prepare.Numbers[1]"}, 2),
        ({"Std:Join": {"On": "-", "Values": ["x", {"Get": "Parameters.depth"}, 0.5]}}, "x-6-0.5"),
        ({"Std:Join": {"On": "", "Values": [{"Get": "Parameters.fast"}]}}, "true"),
        ({"Std:JsonGet": {"PropertyFile": REPORT, "Path": "metrics.f1.value"}}, 0.7),
        ({"Std:JsonGet": {"PropertyFile": REPORT, "Path": "$.of[1]"}}, "Report"),
        ({"Std:JsonGet": {"PropertyFile": REPORT, "Path": "['a.b']"}}, 1),
        ([{"k": {"Get": "Parameters.name"}}], [{"k": "sun"}]),
        ({"Get": 5, "other": 1}, {"Get": 5, "other": 1}),
    ],
)
def test_expressions_have_values(expression, value):
    assert resolved(expression, SCOPE) == value


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ({"Get": "Parameters.none"}, "Parameters.none does not refer to anything"),
        ({"Get": "Steps.prepare.None"}, "There is no None in the step prepare"),
        ({"Get": "Steps.prepare.Numbers[7]"}, "There is no Numbers"),
        ({"Get": "Steps.prepare.ProcessingOutputConfig.Outputs['b']"}, "There is no ProcessingOutputConfig"),
        ({"Std:JsonGet": {"PropertyFile": REPORT, "Path": "metrics.recall"}}, "There is no metrics.recall in the prop"),
        ({"Std:JsonGet": {"PropertyFile": {"Get": "Steps.a.b"}, "Path": "c"}}, "needs a PropertyFile"),
    ],
)
def test_expressions_without_a_value_say_which(expression, message):
    with pytest.raises(ExpressionError, match=message):
        resolved(expression, SCOPE)


def test_the_steps_of_an_expression_are_found_at_any_depth():
    value = {"a": [{"Std:Join": {"On": "", "Values": [{"Get": "Steps.train.X"}]}}], "b": {"Get": "Parameters.Steps"}}
    assert set(steps_in([value, {"Get": "Steps.my-step.Y['z']"}])) == {"train", "my-step"}


def test_a_path_that_is_no_path_is_refused():
    with pytest.raises(ExpressionError, match="is not valid"):
        look_up({"a": 1}, "a[", "it")


@pytest.mark.parametrize(
    ("condition", "outcome"),
    [
        ({"Type": "GreaterThanOrEqualTo", "LeftValue": 0.8, "RightValue": 0.8}, True),
        ({"Type": "GreaterThan", "LeftValue": 0.8, "RightValue": 0.8}, False),
        ({"Type": "LessThan", "LeftValue": {"Get": "Parameters.rate"}, "RightValue": 1}, True),
        ({"Type": "LessThanOrEqualTo", "LeftValue": 2, "RightValue": 1}, False),
        ({"Type": "Equals", "LeftValue": {"Get": "Parameters.name"}, "RightValue": "sun"}, True),
        ({"Type": "In", "QueryValue": {"Get": "Parameters.name"}, "Values": ["rain", "sun"]}, True),
        ({"Type": "Not", "Expression": {"Type": "Equals", "LeftValue": 1, "RightValue": 1}}, False),
        (
            {
                "Type": "Or",
                "Conditions": [
                    {"Type": "Equals", "LeftValue": 1, "RightValue": 2},
                    {"Type": "Equals", "LeftValue": 1, "RightValue": 1},
                ],
            },
            True,
        ),
    ],
)
def test_conditions(condition, outcome):
    assert holds(condition, SCOPE) is outcome


def test_values_that_cannot_be_compared_fail():
    with pytest.raises(ExpressionError, match="cannot be compared"):
        holds({"Type": "GreaterThan", "LeftValue": "high", "RightValue": 0.8}, SCOPE)
