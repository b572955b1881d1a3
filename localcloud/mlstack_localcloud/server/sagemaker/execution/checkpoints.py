"""A training job's checkpoints: loaded from S3 at its start, kept the same there while it runs.

As SageMaker says of them (https://docs.aws.amazon.com/sagemaker/latest/dg/model-checkpoints.html): what is in S3 at the
start is in the directory; what the script writes is written to S3, and what it deletes is deleted there; what others
add in S3 later is not seen.
"""

from __future__ import annotations

import contextlib
import threading
from typing import TYPE_CHECKING

from mlstack_localcloud.server.sagemaker.execution.objects import TransferError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from mlstack_localcloud.server.sagemaker.execution.objects import Objects

DEFAULT_DIRECTORY = "/opt/ml/checkpoints"
"""The directory in the container where a request names none (CheckpointConfig, `LocalPath`)."""

_SECONDS_BETWEEN_LOOKS = 0.5
_State = tuple[int, int]


class Checkpoints:
    """The checkpoints of one host of a job.

    Args:
        objects: Moves objects with the rights of the job's role.
        directory: What the script sees.
        uri: Where they are kept, `s3://bucket/prefix`.
        region: The region of the job.
    """

    def __init__(self, objects: Objects, directory: Path, uri: str, region: str) -> None:
        self._objects = objects
        self._directory = directory
        self._uri = uri.rstrip("/") + "/"
        self._region = region
        self._kept: dict[str, _State] = {}
        self._seen: dict[str, _State] = {}
        self._ended = threading.Event()

    def load(self) -> None:
        """Bring the checkpoints into the directory; the first start finds none.

        Raises:
            TransferError: They cannot be read.
        """
        self._directory.mkdir(parents=True, exist_ok=True)
        if self._objects.exists(self._uri, self._region):
            self._objects.download(self._uri, self._directory, self._region)
        self._kept = self._seen = self._states()

    @contextlib.contextmanager
    def kept(self, abandoned: Callable[[], bool]) -> Iterator[None]:
        """Keep S3 the same as the directory as long as the context lasts, and once more at its end.

        Args:
            abandoned: Tells whether the daemon ends, so that nothing can be written any more.

        Raises:
            TransferError: S3 refused at the end.
        """
        thread = threading.Thread(target=self._follow, name=f"checkpoints-{self._directory}", daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._ended.set()
            thread.join()
        if not abandoned():
            self._write(self._states())

    def _follow(self) -> None:
        while not self._ended.wait(_SECONDS_BETWEEN_LOOKS):
            states = self._states()
            # A file that changed since the last look is still being written.
            settled = {name: state for name, state in states.items() if self._seen.get(name) == state}
            self._seen = states
            # What S3 refuses now is tried again at the next look; at the end it fails the job.
            with contextlib.suppress(TransferError, OSError):
                self._write(settled, gone=self._kept.keys() - states.keys())

    def _write(self, states: dict[str, _State], gone: set[str] | None = None) -> None:
        for name, state in states.items():
            if self._kept.get(name) != state:
                self._objects.upload_file(self._directory / name, self._uri + name, self._region)
                self._kept[name] = state
        for name in self._kept.keys() - states.keys() if gone is None else gone:
            self._objects.delete(self._uri + name, self._region)
            del self._kept[name]

    def _states(self) -> dict[str, _State]:
        states: dict[str, _State] = {}
        inside = self._directory.resolve()
        for path in sorted(self._directory.rglob("*")):
            with contextlib.suppress(FileNotFoundError):  # It was deleted or renamed in this moment.
                if path.is_file() and path.resolve().is_relative_to(inside):
                    found = path.stat()
                    states[path.relative_to(self._directory).as_posix()] = (found.st_size, found.st_mtime_ns)
        return states
