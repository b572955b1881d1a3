"""The shadow variant: it gets a copy of calls that the production variant answered, and nobody gets its answers.

Its share is the ratio of both weights (https://docs.aws.amazon.com/sagemaker/latest/dg/model-shadow-deployment.html).
What it answers is measured and captured under its own name. A copy costs the call an entry in a queue; the queue is
bounded, and where the shadow is slower than its calls come, copies are dropped and never a call.
"""

from __future__ import annotations

import logging
import queue
import random
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mlstack_localcloud.server.sagemaker.serving.connections import UnreachableError
from mlstack_localcloud.server.sagemaker.serving.metrics import Call
from mlstack_localcloud.server.sagemaker.serving.model_process import NotServingError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mlstack_localcloud.server.sagemaker.serving.capture import Capture
    from mlstack_localcloud.server.sagemaker.serving.deployment import Variant
    from mlstack_localcloud.server.sagemaker.serving.model_process import ModelProcess

    Record = Callable[[Call], None]

_MOST_WAITING = 256
_WORKERS = 2
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Copy:
    headers: Mapping[str, str]
    body: bytes
    record: Record


class Shadow:
    """Sends copies of a fleet's calls to its shadow variant.

    Args:
        variant: The shadow variant.
        share: Which share of the calls it gets, 0 to 1.
        processes: Its processes that serve now.
        capture: Keeps its calls, or None.
        chance: Draws from [0, 1).
    """

    def __init__(
        self,
        variant: Variant,
        share: float,
        processes: Callable[[], list[ModelProcess]],
        capture: Capture | None,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._variant = variant
        self._share = share
        self._processes = processes
        self._capture = capture
        self._chance = chance
        self._waiting: queue.Queue[_Copy | None] = queue.Queue(_MOST_WAITING)
        self._workers = [
            threading.Thread(target=self._work, name=f"shadow-{variant.name}-{number}", daemon=True)
            for number in range(_WORKERS)
        ]
        for worker in self._workers:
            worker.start()

    def copy(self, headers: Mapping[str, str], body: bytes, record: Record) -> None:
        """Hand over a copy of a call, if it is drawn and there is room for it.

        Args:
            headers: The call's headers.
            body: Its body.
            record: Told of the call when it was answered.
        """
        if self._chance() < self._share:
            try:
                self._waiting.put_nowait(_Copy(headers, body, record))
            except queue.Full:
                _log.warning("A copy for the shadow variant %s was dropped: too many wait", self._variant.name)

    def close(self) -> None:
        """Drop what waits, and let what is being answered end."""
        try:
            while True:
                self._waiting.get_nowait()
        except queue.Empty:
            for _ in self._workers:
                self._waiting.put(None)
        for worker in self._workers:
            worker.join()

    def _work(self) -> None:
        while (copy := self._waiting.get()) is not None:
            try:
                self._answer(copy)
            except Exception:
                _log.exception("A copy for the shadow variant %s could not be answered", self._variant.name)

    def _answer(self, copy: _Copy) -> None:
        processes = self._processes()
        if not processes:
            return
        process, call = random.choice(processes), Call()  # noqa: S311 - no secret
        call.sent(self._variant.name)
        try:
            answer = process.invoke(copy.headers, copy.body)
            call.answered(answer.status)
            if self._capture is not None:
                self._capture.offer(self._variant.name, copy.headers, copy.body, answer)
        except (UnreachableError, NotServingError, TimeoutError, ConnectionError, ValueError) as error:
            _log.info("The shadow variant %s answered nothing: %s", self._variant.name, error)
        finally:
            call.left_model()
            copy.record(call)
