"""A place in a variant that a process serves, the next one when it ends."""

from __future__ import annotations

import secrets
import threading
import time
from typing import TYPE_CHECKING

from mlstack_localcloud.server.sagemaker.serving.model_process import ModelProcess

if TYPE_CHECKING:
    from mlstack_localcloud.server.sagemaker.execution.logs import LogFollower
    from mlstack_localcloud.server.sagemaker.serving.deployment import Variant
    from mlstack_localcloud.server.sagemaker.serving.preparation import Prepared

SECONDS_IDLE = 60.0
"""After how long without a call the process of a serverless variant ends. AWS documents no time."""


class Instance:
    """One place, and the process that serves it now.

    Args:
        variant: The variant.
        prepared: What its processes are started with.
        number: Tells the places of a variant apart.

    Attributes:
        process: The process that serves, or the last one that did.
        stream: Its log stream.
        follower: Sends its output there.
        pause: Seconds until it is started again when it ends.
        restart_at: When that is; 0 where it isn't to be.
        asleep: Whether it is serverless and waits for a call, without a process.
        waking: Whether a call came, and its process is about to be started.
    """

    def __init__(self, variant: Variant, prepared: Prepared, number: int) -> None:
        self.variant = variant
        self._prepared = prepared
        self._log = prepared.directory.root / f"instance-{number}.log"
        self._lock = threading.Lock()
        self._used = time.monotonic()
        self.stream = f"{variant.name}/i-{secrets.token_hex(8)}"
        self.follower: LogFollower | None = None
        self.pause = 1.0
        self.restart_at = 0.0
        self.asleep = self.waking = False
        self.process = self.started()

    def started(self) -> ModelProcess:
        """Start a process and return it."""
        root = self._prepared.directory.root
        return ModelProcess(self._prepared.python, root, self._prepared.environment, self._log)

    @property
    def sleeps(self) -> bool:
        """Whether it sleeps while nobody calls: it is serverless, and nothing is provisioned for it."""
        return bool(self.variant.serverless) and "ProvisionedConcurrency" not in (self.variant.serverless or {})

    def wanted(self) -> bool:
        """Note that there is a call for it; return whether it slept and has to be started now."""
        with self._lock:
            self._used = time.monotonic()
            slept, self.asleep = self.asleep, False
            self.waking = self.waking or slept
        return slept

    def sleep(self, idle: float | None = None) -> bool:
        """End its process, if nobody uses it; return whether it did so.

        Args:
            idle: For how many seconds nobody must have called; None for `SECONDS_IDLE`.
        """
        least = SECONDS_IDLE if idle is None else idle
        with self._lock:
            if self.process.in_flight or time.monotonic() - self._used < least:
                return False
            self.asleep, self.restart_at = True, 0.0
        self.process.stop()
        return True
