"""Working off one asynchronous call: input from S3, the model, the answer to S3, the message to the topic.

Everything outside the model happens under the model's execution role, as in SageMaker.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from mlstack_localcloud.server.sagemaker import arns
from mlstack_localcloud.server.sagemaker.execution.objects import TransferError
from mlstack_localcloud.server.sagemaker.serving.asynchronous.outcome import (
    COMPLETED,
    EXPIRED,
    Outcome,
    message,
    topic,
)
from mlstack_localcloud.server.sagemaker.serving.connections import UnreachableError
from mlstack_localcloud.server.sagemaker.serving.metrics import Call
from mlstack_localcloud.server.sagemaker.serving.model_process import NotServingError
from mlstack_localcloud.server.sagemaker.serving.router import NotReadyError

if TYPE_CHECKING:
    from mlstack_localcloud.server.sagemaker.execution.workshop import Workshop
    from mlstack_localcloud.server.sagemaker.serving.asynchronous.request import AsyncRequest
    from mlstack_localcloud.server.sagemaker.serving.metrics import EndpointMetrics
    from mlstack_localcloud.server.sagemaker.serving.model_process import ModelProcess
    from mlstack_localcloud.server.sagemaker.serving.router import Router

_MOST_BYTES = 1 << 30  # Payload quota of asynchronous endpoints.
_MOST_ATTEMPTS = 3
_SECONDS_TO_WAIT = 1.0  # After that it is looked again whether the call has expired.
_SUCCESS = range(200, 300)
_SERVER_ERROR = 500
_log = logging.getLogger(__name__)


class NotNowError(Exception):
    """No process could take the call: it has to wait."""


class EndedError(Exception):
    """The process ended while it worked on the call, or the daemon did."""


class Work:
    """Works off calls, from any thread.

    Args:
        router: The way to the processes.
        workshop: Objects and topics.
        metrics: Records the calls.
    """

    def __init__(self, router: Router, workshop: Workshop, metrics: EndpointMetrics) -> None:
        self._router = router
        self._workshop = workshop
        self._metrics = metrics

    def run(self, asked: AsyncRequest) -> None:
        """Work off a call, to its message.

        Args:
            asked: The call.

        Raises:
            NotNowError: No process is ready.
            EndedError: The process ended; the call may be tried again.
            NoRouteError: There is no such endpoint any more.
        """
        role = self._role(asked)
        if asked.expired:
            outcome = Outcome.failed(
                f"The request waited longer than its {asked.seconds_to_live} seconds to live.", status=EXPIRED
            )
        elif asked.attempts >= _MOST_ATTEMPTS:
            outcome = Outcome.failed("ClientError: The container ended while it worked on the request.")
        else:
            outcome = self._answer(asked)
        self._tell(asked, self._write(asked, outcome, role), role)

    def _role(self, asked: AsyncRequest) -> str:
        deployment = self._router.deployment(asked.arn)
        if deployment is None:
            # Not there any more, or not there yet: only the router can tell.
            with self._held(asked):
                raise NotNowError
        return str(deployment.variants[0].container["_role"])

    def _held(self, asked: AsyncRequest) -> _Held:
        return _Held(self._router, asked.arn)

    def _answer(self, asked: AsyncRequest) -> Outcome:
        call = Call()
        with self._held(asked) as (variant, process, role):
            try:
                body = self._input(asked, role)
            except TransferError as error:
                return Outcome.failed(f"ClientError: {error}")
            try:
                call.sent(variant)
                return self._invoke(asked, process, body, call)
            finally:
                call.left_model()
                self._metrics.record(asked.arn, call)

    def _input(self, asked: AsyncRequest, role: str) -> bytes:
        if asked.input_location is None:
            return asked.inline()
        region = arns.region_of(asked.arn)
        body = self._workshop.objects.under(role).read(asked.input_location, region)
        if len(body) > _MOST_BYTES:
            raise TransferError(f"{asked.input_location} is larger than 1 GB.")
        return body

    @staticmethod
    def _invoke(asked: AsyncRequest, process: ModelProcess, body: bytes, call: Call) -> Outcome:
        try:
            answer = process.invoke(asked.headers, body, asked.seconds_to_answer)
        except UnreachableError as error:
            raise NotNowError from error
        except TimeoutError:
            return Outcome.failed(f"ClientError: The model took longer than {asked.seconds_to_answer} seconds.")
        except (ConnectionError, NotServingError, ValueError) as error:
            raise EndedError from error
        call.answered(answer.status)
        if answer.status in _SUCCESS:
            return Outcome(COMPLETED, answer.body, answer.headers.get("content-type", "application/octet-stream"))
        kind = "client" if answer.status < _SERVER_ERROR else "server"
        reason = (
            f"ClientError: Received {kind} error ({answer.status}) from model. See the SageMaker Endpoint logs in your "
            "account for more information."
        )
        return Outcome.failed(reason, answer.body)

    def _write(self, asked: AsyncRequest, outcome: Outcome, role: str) -> Outcome:
        region, objects = arns.region_of(asked.arn), self._workshop.objects
        if outcome.status == COMPLETED:
            place = (asked.output_location, region, role, asked.key_id)
            try:
                objects.write(outcome.body, *place, content_type=outcome.content_type)
            except TransferError as error:
                outcome = Outcome.failed(f"ClientError: {error}")
            else:
                return outcome
        if asked.failure_location is not None:
            place = (asked.failure_location, region, role, asked.key_id)
            try:
                objects.write(outcome.body, *place, content_type=outcome.content_type)
            except TransferError as error:
                _log.warning("The failure of %s of %s is not written: %s", asked.inference_id, asked.arn, error)
        return outcome

    def _tell(self, asked: AsyncRequest, outcome: Outcome, role: str) -> None:
        told = topic(asked, outcome)
        if told is None:
            return
        try:
            self._workshop.publish(told, message(asked, outcome), role)
        except (ClientError, BotoCoreError) as error:
            _log.warning("%s is not told of %s of %s: %s", told, asked.inference_id, asked.arn, error)


class _Held:
    """A process that is held for one call: the variant's name, the process and the role."""

    def __init__(self, router: Router, arn: str) -> None:
        self._manager = router.process(arn, None, _SECONDS_TO_WAIT)

    def __enter__(self) -> tuple[str, ModelProcess, str]:
        try:
            fleet, variant, process = self._manager.__enter__()
        except NotReadyError as error:
            raise NotNowError from error
        return variant, process, str(fleet.deployment.variants[0].container["_role"])

    def __exit__(self, *raised: object) -> None:
        self._manager.__exit__(*raised)  # type: ignore[arg-type]
