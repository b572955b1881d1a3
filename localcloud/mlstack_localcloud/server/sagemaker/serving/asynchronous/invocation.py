"""InvokeEndpointAsync: a call is kept, and its caller told where the answer will be.

Source of the errors: the sagemaker-runtime API reference (InvokeEndpointAsync).
"""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING

from werkzeug import Response

from mlstack_localcloud.server.sagemaker import arns
from mlstack_localcloud.server.sagemaker.errors import ServiceError
from mlstack_localcloud.server.sagemaker.serving.asynchronous.request import read
from mlstack_localcloud.server.sagemaker.serving.deployment import Deployment
from mlstack_localcloud.server.sagemaker.serving.invocation import error_answer

if TYPE_CHECKING:
    from werkzeug import Request

    from mlstack_localcloud.server.sagemaker.ports import Identity
    from mlstack_localcloud.server.sagemaker.serving.asynchronous.queues import AsyncQueues
    from mlstack_localcloud.server.sagemaker.store import Store

_SERVES = {"InService", "Updating", "RollingBack"}


def invoke(store: Store, queues: AsyncQueues, name: str, request: Request, caller: Identity) -> Response:
    """Answer an asynchronous call of an endpoint.

    Args:
        store: The tables.
        queues: Where it waits.
        name: The endpoint's name.
        request: The call.
        caller: Who calls.

    Returns:
        202 and where the answer will be, or the error as AWS shapes it. Nothing is raised.
    """
    arn = arns.arn(caller, arns.ENDPOINT, name)
    endpoint = store.get(arns.ENDPOINT, caller.region, name)
    if endpoint is None or endpoint["EndpointStatus"] not in _SERVES:
        return error_answer("ValidationError", f"Endpoint {name} of account {caller.account} not found.", 400)
    config = Deployment.of(endpoint["_deployment"]).asynchronous
    if config is None:
        return error_answer("ValidationError", f"Endpoint {name} has no AsyncInferenceConfig.", 400)
    try:
        asked = read(arn, name, request, config)
    except ServiceError as error:
        return error_answer("ValidationError", error.message, 400)
    queues.submit(asked)
    headers = {
        "x-amzn-RequestId": str(uuid.uuid4()),
        "X-Amzn-SageMaker-OutputLocation": asked.output_location,
    }
    if asked.failure_location is not None:
        headers["X-Amzn-SageMaker-FailureLocation"] = asked.failure_location
    body = json.dumps({"InferenceId": asked.inference_id})
    return Response(body, 202, headers, content_type="application/json")
