"""InvokeEndpoint: a call on its way to a model's process, and the answer as SageMaker's runtime shapes it.

Source of the error shapes: the sagemaker-runtime API reference (InvokeEndpoint: ModelError, ModelNotReadyException,
ValidationError, ServiceUnavailable).
"""

from __future__ import annotations

import json
import uuid
from functools import partial
from typing import TYPE_CHECKING, Any

from werkzeug import Response

from mlstack_localcloud.server.sagemaker.serving.capture import CUSTOM_ATTRIBUTES, INFERENCE_ID
from mlstack_localcloud.server.sagemaker.serving.connections import Answer, UnreachableError
from mlstack_localcloud.server.sagemaker.serving.fleet import LOG_GROUP
from mlstack_localcloud.server.sagemaker.serving.metrics import Call
from mlstack_localcloud.server.sagemaker.serving.model_process import NotServingError
from mlstack_localcloud.server.sagemaker.serving.router import NoRouteError, NotReadyError, ThrottledError

if TYPE_CHECKING:
    from werkzeug import Request

    from mlstack_localcloud.server.sagemaker.ports import Identity
    from mlstack_localcloud.server.sagemaker.serving.deployment import Deployment
    from mlstack_localcloud.server.sagemaker.serving.metrics import EndpointMetrics
    from mlstack_localcloud.server.sagemaker.serving.router import Router

_MOST_BYTES = {"real-time": 25 << 20, "serverless": 4 << 20}  # Payload quotas.
_ATTEMPTS = 5
_VARIANT = "X-Amzn-Invoked-Production-Variant"
_TIMED_OUT = (
    "Your invocation timed out while waiting for a response from container primary. Review the latency metrics for "
    "each container in Amazon CloudWatch, resolve the issue, and try again."
)
_ENDED = "The container ended while it worked on the request."
_SUCCESS = range(200, 300)
_SERVER_ERROR = 500


def invoke(router: Router, arn: str, request: Request, caller: Identity, metrics: EndpointMetrics) -> Response:
    """Answer a call of an endpoint, and record it.

    Args:
        router: The way to the processes.
        arn: The endpoint.
        request: The call.
        caller: Who calls.
        metrics: Records the call.

    Returns:
        The model's answer, or the error as AWS shapes it. Nothing is raised.
    """
    call = Call(partial(metrics.record, arn))
    try:
        with router.admitted(arn):
            return _invoke(router, arn, request, caller, call)
    except ThrottledError:
        # https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints.html: calls beyond MaxConcurrency.
        return error_answer("ThrottlingException", "Rate exceeded", 400)
    finally:
        call.record(call)


def _invoke(router: Router, arn: str, request: Request, caller: Identity, call: Call) -> Response:
    name = arn.rsplit("/", 1)[-1]
    body = request.get_data()
    if wrong := _not_for(router.deployment(arn), name, len(body)):
        return error_answer("ValidationError", wrong, 400)
    target = request.headers.get("X-Amzn-SageMaker-Target-Variant")
    try:
        variant, answer = _answer(router, arn, (target, _headers(request), body), call)
    except NotReadyError:
        return error_answer("ServiceUnavailable", f"Endpoint {name} has no instance that is ready.", 503)
    except (NoRouteError, LookupError) as error:
        there = f"Endpoint {name} of account {caller.account} not found."
        wrong = there if isinstance(error, NoRouteError) else f"Variant {target} is not found for Request."
        return error_answer("ValidationError", wrong, 400)
    except (TimeoutError, ConnectionError, NotServingError, ValueError) as error:
        return _model_error(name, caller, 0, _TIMED_OUT if isinstance(error, TimeoutError) else _ENDED)
    if answer.status not in _SUCCESS:
        return _model_error(name, caller, answer.status, answer.body.decode("utf-8", "replace"))
    headers = {_VARIANT: variant, "x-amzn-RequestId": str(uuid.uuid4())}
    custom = answer.headers.get(CUSTOM_ATTRIBUTES.lower())
    if custom is not None:
        headers[CUSTOM_ATTRIBUTES] = custom
    return Response(answer.body, 200, headers, content_type=answer.headers.get("content-type"))


def _not_for(deployment: Deployment | None, name: str, size: int) -> str:
    """Why a kind of endpoint takes no such call; empty where it does."""
    kind = "real-time" if deployment is None else deployment.kind
    if kind == "asynchronous":
        return f"Endpoint {name} is asynchronous: call InvokeEndpointAsync."
    most = _MOST_BYTES[kind]
    return f"The payload is larger than {most >> 20} MB." if size > most else ""


def _answer(
    router: Router, arn: str, request: tuple[str | None, dict[str, str], bytes], call: Call
) -> tuple[str, Answer]:
    target, headers, body = request
    for _ in range(_ATTEMPTS):
        with router.process(arn, target) as (fleet, variant, process):
            try:
                call.sent(variant)
                answer = process.invoke(headers, body)
            except UnreachableError:
                # It ended in this moment and saw nothing of the call, so another process may have it.
                continue
            else:
                call.answered(answer.status)
            finally:
                call.left_model()
            # While the process is held: a fleet that ends writes what was captured when its last call was answered.
            if fleet.capture is not None:
                fleet.capture.offer(variant, headers, body, answer)
            if fleet.shadow is not None:
                fleet.shadow.copy(headers, body, call.record)
            return variant, answer
    raise NotReadyError(arn)


def _headers(request: Request) -> dict[str, str]:
    headers = {
        "Content-Type": request.headers.get("Content-Type") or "application/json",
        "Accept": request.headers.get("Accept") or "*/*",
    }
    for name in (CUSTOM_ATTRIBUTES, INFERENCE_ID):
        value = request.headers.get(name)
        if value is not None:
            headers[name] = value
    return headers


def _model_error(endpoint: str, caller: Identity, status: int, message: str) -> Response:
    group = LOG_GROUP + endpoint
    kind = "client" if 0 < status < _SERVER_ERROR else "server"
    return error_answer(
        "ModelError",
        f'Received {kind} error ({status}) from primary with message "{message}". See the log group {group} in account '
        f"{caller.account} for more information.",
        424,
        OriginalStatusCode=status,
        OriginalMessage=message,
        LogStreamArn=f"arn:aws:logs:{caller.region}:{caller.account}:log-group:{group}",
    )


def error_answer(code: str, message: str, status: int, **more: Any) -> Response:
    """Return an error as the runtime API shapes it.

    Args:
        code: The error's name.
        message: What is wrong.
        status: The HTTP status.
        more: Further members.
    """
    return Response(
        json.dumps({"Message": message, **more}),
        status,
        {"x-amzn-ErrorType": code, "x-amzn-RequestId": str(uuid.uuid4())},
        content_type="application/json",
    )
