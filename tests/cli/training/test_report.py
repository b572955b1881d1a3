from mlstack.training.evaluation import CrossValidation, Evaluation
from mlstack.training.gates import Gate
from mlstack.training.report import in_reading_order, metrics_table, verdict
from rich.console import Console, RenderableType

EVALUATION = Evaluation(
    metrics={"f1": 0.7, "accuracy": 0.8125, "precision": 0.75, "recall": 0.66},
    classes={"rain": {"precision": 0.9, "recall": 0.8, "f1": 0.85, "support": 120}, "[sun]": {"support": 80}},
    cross_validation={"accuracy": CrossValidation(0.8, 0.021, 5)},
)


def _lines(renderable: RenderableType) -> list[str]:
    console = Console(width=120, force_terminal=False)
    with console.capture() as capture:
        console.print(renderable)
    return [line.rstrip() for line in capture.get().splitlines()]


def test_reading_order() -> None:
    assert in_reading_order(["support", "auc", "f1", "accuracy", "recall", "precision", "f1"]) == [
        "accuracy",
        "precision",
        "recall",
        "f1",
        "auc",
        "support",
    ]


def test_a_row_a_class_one_macro_and_the_spread() -> None:
    header, rain, sun, macro, folds = _lines(metrics_table(EVALUATION))
    assert header.split() == ["accuracy", "precision", "recall", "F1", "support"]
    assert rain.split() == ["rain", "-", "0.900", "0.800", "0.850", "120"]
    assert sun.split() == ["[sun]", "-", "-", "-", "-", "80"]
    assert macro.split() == ["macro", "0.812", "0.750", "0.660", "0.700", "-"]
    assert folds.split() == ["cross-validation", "(5", "folds)", "0.800", "±", "0.021", "-", "-", "-", "-"]


def test_no_cross_validation_no_row() -> None:
    assert len(_lines(metrics_table(Evaluation({"accuracy": 0.5})))) == 2


def test_the_verdict_says_which_condition_was_not_met() -> None:
    gates = [Gate("accuracy", ">=", 0.8, 0.8125), Gate("recall", ">=", 0.7, 0.66), Gate("auc", ">", 0.5, None)]
    assert _lines(verdict(False, gates)) == [
        "Gate refused the model.",
        "  met     accuracy >= 0.8: 0.812",
        "  not met recall >= 0.7: 0.660",
        "  unknown auc > 0.5: -",
    ]
    assert _lines(verdict(True, gates[:1]))[0] == "Gate passed."
    assert _lines(verdict(None, gates)) == ["The gate was not reached."]
