"""Data capture: what an endpoint is asked and what it answers, as JSON lines in S3.

Stages of a call: the sampling decides; what is kept goes into a buffer, which costs the call nothing more; every few
seconds, and when the fleet ends, the buffer is written to `<destination>/<endpoint>/<variant>/yyyy/mm/dd/hh/*.jsonl`.
The buffer is bounded: where more comes than S3 takes, captures are dropped and never a call, as SageMaker does
(https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-data-capture.html). A `kill -9` costs the last seconds.
"""

from __future__ import annotations

import logging
import random
import secrets
import threading
from collections import defaultdict, deque
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from mlstack_localcloud.server.sagemaker.execution.objects import TransferError
from mlstack_localcloud.server.sagemaker.serving.capture_lines import Captured, Side, lines

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mlstack_localcloud.server.sagemaker.serving.capture_lines import CaptureSettings
    from mlstack_localcloud.server.sagemaker.serving.connections import Answer

CUSTOM_ATTRIBUTES = "X-Amzn-SageMaker-Custom-Attributes"
INFERENCE_ID = "X-Amzn-SageMaker-Inference-Id"
"""Headers of InvokeEndpoint that are kept with a call."""

_SUCCESS = range(200, 300)
_SECONDS_BETWEEN_WRITES = 2.0
_MOST_BYTES = 64 << 20
_log = logging.getLogger(__name__)


class Capture:
    """Keeps the calls of one fleet.

    Args:
        endpoint: The endpoint's name.
        settings: What is kept, and where.
        write: Writes an object: URI, content and KMS key. It may raise what S3's clients raise.
        chance: Draws from [0, 1).
    """

    def __init__(
        self,
        endpoint: str,
        settings: CaptureSettings,
        write: Callable[[str, bytes, str | None], None],
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._endpoint = endpoint
        self._settings = settings
        self._write = write
        self._chance = chance
        self._waiting: deque[Captured] = deque()
        self._bytes = 0
        self._dropped = 0
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        self._ended = threading.Event()
        threading.Thread(target=self._run, name=f"capture-{endpoint}", daemon=True).start()

    def samples(self) -> bool:
        """Decide whether the next call is kept."""
        return self._chance() * 100 < self._settings.percent

    def offer(self, variant: str, headers: Mapping[str, str], body: bytes, answer: Answer) -> None:
        """Keep a call that was answered, if it succeeded and is drawn.

        Args:
            variant: The variant that answered.
            headers: The call's headers.
            body: Its body.
            answer: The answer.
        """
        if answer.status in _SUCCESS and self.samples():
            asked = Side(headers["Content-Type"], body)
            answered = Side(answer.headers.get("content-type", ""), answer.body)
            identifier, custom = headers.get(INFERENCE_ID), headers.get(CUSTOM_ATTRIBUTES)
            self.keep(Captured(variant, asked, answered, identifier, custom))

    def keep(self, captured: Captured) -> None:
        """Put a call into the buffer, unless that is full."""
        with self._lock:
            if self._bytes + captured.size > _MOST_BYTES:
                self._dropped += 1
                return
            self._bytes += captured.size
            self._waiting.append(captured)

    def close(self) -> None:
        """Write what is left and end."""
        self._ended.set()
        self.flush()

    def flush(self) -> None:
        """Write the buffer to S3, one object a variant and hour; what S3 refuses is logged and lost."""
        with self._writing:
            with self._lock:
                taken, self._waiting, self._bytes = self._waiting, deque(), 0
                dropped, self._dropped = self._dropped, 0
            if dropped:
                _log.warning("%d captures of %s were dropped: the buffer was full", dropped, self._endpoint)
            files: dict[str, list[Captured]] = defaultdict(list)
            for captured in taken:
                files[f"{captured.variant}/{captured.at:%Y/%m/%d/%H}"].append(captured)
            for folder, calls in files.items():
                self._write_file(folder, calls)

    def _write_file(self, folder: str, calls: list[Captured]) -> None:
        first = calls[0].at
        name = f"{first:%M-%S}-{first.microsecond // 1000:03d}-{secrets.token_hex(8)}.jsonl"
        uri = f"{self._settings.destination}/{self._endpoint}/{folder}/{name}"
        try:
            self._write(uri, lines(calls, self._settings), self._settings.key_id)
        except (ClientError, BotoCoreError, TransferError) as error:
            _log.warning("%d captures of %s could not be written to %s: %s", len(calls), self._endpoint, uri, error)

    def _run(self) -> None:
        while not self._ended.wait(_SECONDS_BETWEEN_WRITES):
            try:
                self.flush()
            except Exception:
                _log.exception("The captures of %s could not be written", self._endpoint)
