"""The MLflow servers that run: each is started when it is first asked, and not before."""

from __future__ import annotations

import shutil
import threading
from typing import TYPE_CHECKING

from mlstack_localcloud.server.sagemaker.tracking.process import TrackingProcess, interpreter

if TYPE_CHECKING:
    from pathlib import Path

    from mlstack_localcloud.server.sagemaker.execution.workshop import Workshop
    from mlstack_localcloud.server.sagemaker.ports import Document

_PATH = "/usr/local/bin:/usr/bin:/bin"


class TrackingFleet:
    """Starts and ends MLflow servers; safe between threads.

    Args:
        directory: Where each server has a directory.
        workshop: Hands out environments and credentials.
    """

    def __init__(self, directory: Path, workshop: Workshop) -> None:
        self._directory = directory
        self._workshop = workshop
        self._lock = threading.Lock()
        self._starting: dict[str, threading.Lock] = {}
        self._running: dict[str, TrackingProcess] = {}

    def running(self, server: Document, region: str) -> TrackingProcess:
        """Return the process of a server, which is started where there is none.

        Args:
            server: The tracking server.
            region: Its region.

        Raises:
            TrackingServerError: It did not start.
            RequirementsError: There is no MLflow and it could not be installed.
        """
        arn = server["TrackingServerArn"]
        with self._own_lock(arn):
            process = self._running.get(arn)
            if process is not None and not process.ended:
                return process
            process = self._start(server, region)
            self._running[arn] = process
            return process

    def stop(self, server: Document) -> None:
        """End the process of a server; what it has recorded stays."""
        arn = server["TrackingServerArn"]
        with self._own_lock(arn):
            process = self._running.pop(arn, None)
            if process is not None:
                process.stop()

    def forget(self, server: Document, region: str) -> None:
        """End the process of a server that is deleted, and delete what it has recorded."""
        self.stop(server)
        shutil.rmtree(self._place(server, region), ignore_errors=True)

    def close(self) -> None:
        """End all of them."""
        while self._running:
            self._running.popitem()[1].stop()

    def _own_lock(self, arn: str) -> threading.Lock:
        with self._lock:
            return self._starting.setdefault(arn, threading.Lock())

    def _start(self, server: Document, region: str) -> TrackingProcess:
        python = interpreter(self._workshop.environments)
        variables = {
            "PATH": f"{python.parent}:{_PATH}",
            "LANG": "C.UTF-8",
            "AWS_DEFAULT_REGION": region,
            "AWS_EC2_METADATA_DISABLED": "true",
            **self._workshop.credentials(server["RoleArn"], region),
        }
        process = TrackingProcess(python, self._place(server, region), server["ArtifactStoreUri"], variables)
        try:
            process.wait()
        except BaseException:
            process.stop()
            raise
        return process

    def _place(self, server: Document, region: str) -> Path:
        return self._directory / region / str(server["TrackingServerName"])
