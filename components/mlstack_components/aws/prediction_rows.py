"""Captured calls as rows of predictions: what a monitor of model quality runs, in AWS's container, on each call.

The function here takes the place of the one of the same name in `record_preprocessor.py`, whose other functions read
what the endpoint answered; `prediction_script` puts the two together.
"""

from __future__ import annotations

import inspect
from typing import Any

from mlstack_components.aws.model_monitors import preprocessor_script
from mlstack_components.aws.record_preprocessor import _answered, _text

PREDICTION = "prediction"
"""The column of predictions, here and in the evaluation's predictions.csv."""


def preprocess_handler(inference_record: Any) -> list[dict[str, Any]]:
    """Return the predictions of a captured call, a dict each.

    Args:
        inference_record: The call, as Model Monitor gives it.
    """
    return [{"prediction": each} for each in _answered(_text(inference_record.endpoint_output))]


def prediction_script(target: str | None) -> str:
    """Return the record preprocessor of monitors of model quality.

    Args:
        target: The column that the model predicts, or None.
    """
    handler = inspect.getsource(preprocess_handler).replace("list[dict[str, Any]]", "list[Row]")
    return f"{preprocessor_script(target)}\n\n{handler}"
