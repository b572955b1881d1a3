"""Asks a model: at an endpoint of its own, which is there as long as the job, so that no call of it is captured.

SageMaker Clarify calls it a shadow endpoint, and names it and its configuration as here
(https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-processing-job-configure-analysis.html, `predictor`).
"""

from __future__ import annotations

import csv
import io
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from mlstack_localcloud.server.sagemaker.analyzer.dataset import DatasetError
from mlstack_localcloud.server.sagemaker.clarify.requests import Client, RefusedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

_CSV = "text/csv"
_BATCH = 500
_SECONDS_BETWEEN_LOOKS = 0.1
_COMING = frozenset({"Creating"})


@contextmanager
def scores(
    predictor: Mapping[str, Any], client: Client, name: str
) -> Iterator[Callable[[list[list[Any]]], list[float]]]:
    """Give a function that asks the model about rows.

    Args:
        predictor: The analysis configuration's `predictor`.
        client: Who asks.
        name: What the endpoint's name ends with.

    Raises:
        DatasetError: The model can't be asked.
    """
    if "endpoint_name" in predictor or "model_name" not in predictor:
        raise DatasetError("The local cloud's analyzer asks a model that `predictor.model_name` names.")
    for key in ("content_type", "accept_type"):
        if predictor.get(key, _CSV) != _CSV:
            raise DatasetError(f"The local cloud's analyzer asks models in CSV alone, and not in {predictor[key]}.")
    configuration, endpoint = f"sm-clarify-config-{name}", f"sm-clarify-{name}"
    variant = {
        "VariantName": "AllTraffic",
        "ModelName": predictor["model_name"],
        "InitialInstanceCount": predictor.get("initial_instance_count", 1),
        "InstanceType": predictor.get("instance_type", "ml.m5.xlarge"),
    }
    try:
        client.call("CreateEndpointConfig", EndpointConfigName=configuration, ProductionVariants=[variant])
        client.call("CreateEndpoint", EndpointName=endpoint, EndpointConfigName=configuration)
        _wait(client, endpoint)
        yield lambda rows: _asked(client, endpoint, rows, int(predictor.get("label", 0)))
    except RefusedError as error:
        raise DatasetError(f"The model could not be asked: {error}") from error
    finally:
        _delete(client, endpoint, configuration)


def _wait(client: Client, endpoint: str) -> None:
    while True:
        found = client.call("DescribeEndpoint", EndpointName=endpoint)
        if found["EndpointStatus"] not in _COMING:
            break
        time.sleep(_SECONDS_BETWEEN_LOOKS)
    if found["EndpointStatus"] != "InService":
        raise DatasetError(f"The model does not serve: {found.get('FailureReason', found['EndpointStatus'])}")


def _delete(client: Client, endpoint: str, configuration: str) -> None:
    for operation, member, name in (
        ("DeleteEndpoint", "EndpointName", endpoint),
        ("DeleteEndpointConfig", "EndpointConfigName", configuration),
    ):
        with suppress(RefusedError):  # What was never made.
            client.call(operation, **{member: name})


def _asked(client: Client, endpoint: str, rows: list[list[Any]], column: int) -> list[float]:
    found: list[float] = []
    for start in range(0, len(rows), _BATCH):
        part = rows[start : start + _BATCH]
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows(part)
        answer = client.invoke(endpoint, text.getvalue().encode(), _CSV, _CSV)
        lines = [line for line in csv.reader(io.StringIO(answer.decode())) if line]
        if len(lines) != len(part):
            raise DatasetError(
                f"The model answered {len(part)} rows with {len(lines)} lines: its answer to CSV without a header line "
                "must have none either."
            )
        found += [_number(line, column) for line in lines]
    return found


def _number(line: list[str], column: int) -> float:
    try:
        return float(line[column])
    except (ValueError, IndexError) as error:
        raise DatasetError(
            f"The model's answer {','.join(line)!r} has no number at the position {column} (`predictor.label`)."
        ) from error
