"""Which permission a call of MLflow's REST API needs.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsagemakerwithmlflow.html
"""

from __future__ import annotations

import re

PREFIX = "sagemaker-mlflow"

_API = re.compile(r"/(?:ajax-)?api/\d+\.\d+/mlflow/(.+?)/?\Z")
_BY_PATH = {
    "experiments/create": "CreateExperiment",
    "experiments/delete": "DeleteExperiment",
    "experiments/get": "GetExperiment",
    "experiments/get-by-name": "GetExperimentByName",
    "experiments/restore": "RestoreExperiment",
    "experiments/search": "SearchExperiments",
    "experiments/set-experiment-tag": "SetExperimentTag",
    "experiments/update": "UpdateExperiment",
    "runs/create": "CreateRun",
    "runs/delete": "DeleteRun",
    "runs/delete-tag": "DeleteTag",
    "runs/get": "GetRun",
    "runs/log-batch": "LogBatch",
    "runs/log-inputs": "LogInputs",
    "runs/log-metric": "LogMetric",
    "runs/log-model": "LogModel",
    "runs/log-parameter": "LogParam",
    "runs/outputs": "LogOutputs",
    "runs/restore": "RestoreRun",
    "runs/search": "SearchRuns",
    "runs/set-tag": "SetTag",
    "runs/update": "UpdateRun",
    "artifacts/list": "ListArtifacts",
    "metrics/get-history": "GetMetricHistory",
    "metrics/get-history-bulk-interval": "GetMetricHistory",
    "logged-models": "CreateLoggedModel",
    "logged-models/search": "SearchLoggedModels",
    "registered-models/create": "CreateRegisteredModel",
    "registered-models/get": "GetRegisteredModel",
    "registered-models/search": "SearchRegisteredModels",
    "model-versions/create": "CreateModelVersion",
    "model-versions/get": "GetModelVersion",
    "model-versions/search": "SearchModelVersions",
}
_READS_LOGGED_MODEL = re.compile(r"logged-models/[^/]+\Z")
_WRITES_LOGGED_MODEL = re.compile(r"logged-models/[^/]+/params\Z")

UI = f"{PREFIX}:AccessUI"
"""What opening the pages in a browser needs."""


def action_of(method: str, path: str) -> str | None:
    """Return the action of a call; None where nobody knows it, so that only the account itself may make it.

    Args:
        method: The HTTP method.
        path: The path.
    """
    call = _API.match(path)
    if call is None:
        return None
    name = _BY_PATH.get(call[1])
    if _WRITES_LOGGED_MODEL.match(call[1]):
        name = "LogLoggedModelParams"
    elif name is None and _READS_LOGGED_MODEL.match(call[1]):
        name = {"GET": "GetLoggedModel", "PATCH": "FinalizeLoggedModel", "DELETE": "DeleteLoggedModel"}.get(method)
    return None if name is None else f"{PREFIX}:{name}"
