"""One process that serves a model: what an instance of an endpoint is in the local cloud."""

from __future__ import annotations

import json
import secrets
import time
from pathlib import Path
from typing import TYPE_CHECKING

from mlstack_localcloud.server.sagemaker import runtime
from mlstack_localcloud.server.sagemaker.execution.logs import last_lines
from mlstack_localcloud.server.sagemaker.execution.process import Command, RunningCommand
from mlstack_localcloud.server.sagemaker.serving.connections import Answer, Connections

if TYPE_CHECKING:
    import threading
    from collections.abc import Mapping

SERVER = Path(runtime.__file__).parent / "serve.py"
SECONDS_TO_ANSWER = 60.0  # How long SageMaker waits for a container's answer (InvokeEndpoint).
_SECONDS_TO_STOP = 5.0
_SECONDS_TO_END = 2.0
_SECONDS_BETWEEN_LOOKS = 0.02
_LINES = 15
_TOKEN_HEADER = "X-Mlstack-Token"  # noqa: S105 - the header's name


class NotServingError(Exception):
    """A model server ended or did not become ready; the message holds its last lines."""


class ModelProcess:
    """A model server and the connections to it.

    Args:
        python: The interpreter of the model's environment.
        directory: The working directory, where its address is written.
        environment: The environment variables.
        log: The file that it prints to; an earlier one is replaced.
        seconds_to_answer: How long it may take to answer a call.

    Attributes:
        in_flight: How many calls it works on; counted by the router.
    """

    def __init__(
        self,
        python: Path,
        directory: Path,
        environment: Mapping[str, str],
        log: Path,
        seconds_to_answer: float = SECONDS_TO_ANSWER,
    ) -> None:
        self.in_flight = 0
        self.log = log
        self._seconds_to_answer = seconds_to_answer
        self._token = secrets.token_urlsafe(24)
        self._address = log.with_suffix(".json")
        self._address.unlink(missing_ok=True)
        log.unlink(missing_ok=True)
        own = {"MLSTACK_SERVE_TOKEN": self._token, "MLSTACK_SERVE_ADDRESS": str(self._address)}
        self._process = RunningCommand(
            Command((str(python), "-P", str(SERVER)), {**environment, **own}, directory, log)
        )
        self._connections: Connections | None = None

    @property
    def serving(self) -> bool:
        """Whether it is ready and runs."""
        return self._connections is not None and not self._process.ended()

    @property
    def pid(self) -> int:
        """The id of the process that its group began with."""
        return self._process.pid

    @property
    def ended(self) -> bool:
        """Whether the process is gone."""
        return self._process.ended()

    def wait_until_serving(self, seconds: float, given_up: threading.Event) -> None:
        """Wait until the server answers the ping.

        Args:
            seconds: How long that may take.
            given_up: Set when nobody waits for it any more.

        Raises:
            NotServingError: It ended, or took too long.
        """
        deadline = time.monotonic() + seconds
        while not self._address.exists():
            if self._process.ended():
                raise NotServingError(self.last_lines() or "It ended without a word.")
            if given_up.is_set() or time.monotonic() > deadline:
                raise NotServingError(f"It was not ready after {seconds:.0f} seconds. {self.last_lines()}")
            time.sleep(_SECONDS_BETWEEN_LOOKS)
        port = json.loads(self._address.read_text(encoding="utf-8"))["port"]
        connections = Connections(port, self._seconds_to_answer)
        connections.request("GET", "/ping", {})
        self._connections = connections

    def invoke(self, headers: Mapping[str, str], body: bytes, seconds: float = SECONDS_TO_ANSWER) -> Answer:
        """Send a call and return the answer; see `Connections.request` for what is raised.

        Args:
            headers: The call's headers.
            body: Its body.
            seconds: How long the answer may take.
        """
        if self._connections is None:
            raise NotServingError("It is not ready.")
        own = {**headers, _TOKEN_HEADER: self._token}
        try:
            return self._connections.request("POST", "/invocations", own, body, seconds)
        except ConnectionError:
            # That it ended is known a moment after its connections are closed; until then it would get the next call.
            self._process.wait(_SECONDS_TO_END)
            raise

    def last_lines(self) -> str:
        """Return what it printed last."""
        return last_lines(self.log, _LINES)

    def stop(self) -> None:
        """End the process with all that it started."""
        self._process.stop(_SECONDS_TO_STOP)
        if self._connections is not None:
            self._connections.close()
