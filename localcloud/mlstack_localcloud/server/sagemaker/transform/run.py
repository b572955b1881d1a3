"""What a transform job does: its model is started as an endpoint's is, and the files of its input are sent to it.

Stages, each called by the state machine of the transform job:

| stage | takes | gives |
| --- | --- | --- |
| `start` | the model's container | processes that serve it, as many as instances |
| `score` | one object of S3 | its predictions, in an object of the same name with `.out` |
| `close` | | no process, and the whole log |

An object is worked on as a whole: where a part of it fails nothing of it is written, and the others go on.
"""

from __future__ import annotations

import gzip
import secrets
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import count, islice
from typing import TYPE_CHECKING

from mlstack_localcloud.server.sagemaker.execution.failures import JobError
from mlstack_localcloud.server.sagemaker.execution.job_run import JobRun
from mlstack_localcloud.server.sagemaker.execution.objects import TransferError
from mlstack_localcloud.server.sagemaker.serving.connections import UnreachableError
from mlstack_localcloud.server.sagemaker.serving.deployment import MOST_PROCESSES, Variant
from mlstack_localcloud.server.sagemaker.serving.model_process import ModelProcess, NotServingError
from mlstack_localcloud.server.sagemaker.serving.preparation import PreparationError, prepare
from mlstack_localcloud.server.sagemaker.transform.records import RecordError, Shaping

if TYPE_CHECKING:
    import threading
    from collections.abc import Iterator
    from pathlib import Path

    from mlstack_localcloud.server.sagemaker.execution.logs import LogFollower
    from mlstack_localcloud.server.sagemaker.execution.running_jobs import Signals
    from mlstack_localcloud.server.sagemaker.serving.connections import Answer

_SECONDS_TO_START = 480.0
_SECONDS_TO_ANSWER = 600  # ModelClientConfig, InvocationsTimeoutInSeconds.
_RETRIES = 3  # ModelClientConfig, InvocationsMaxRetries.
_STRATEGIES = {"MultiRecord": "MULTI_RECORD", "SingleRecord": "SINGLE_RECORD"}
_SUCCESS = range(200, 300)
_SERVER_ERROR = 500


@dataclass
class _Fleet:
    processes: list[ModelProcess] = field(default_factory=list)
    followers: list[LogFollower] = field(default_factory=list)
    turns: Iterator[int] = field(default_factory=count)


@dataclass(frozen=True)
class TransformRun(JobRun):
    """One transform job at work."""

    fleet: _Fleet = field(default_factory=_Fleet)

    def start(self, given_up: threading.Event) -> None:
        """Start the model and wait until it serves.

        Args:
            given_up: Set when nobody waits for it any more.

        Raises:
            JobError: It does not.
        """
        resources = self.job["TransformResources"]
        self.attach_volume(resources)
        container = dict(self.job["_container"])
        container["Environment"] = {
            **container.get("Environment", {}),
            **self.job.get("Environment", {}),
            **self._batch_variables(),
        }
        instances = resources["InstanceCount"]
        variant = Variant("transform", 1.0, instances, container, _SECONDS_TO_START)
        try:
            prepared = prepare(variant, self.directory.root / "model", self.region, self.workshop)
            for number in range(min(instances, MOST_PROCESSES)):
                log = prepared.directory.root / f"instance-{number}.log"
                process = ModelProcess(
                    prepared.python, prepared.directory.root, prepared.environment, log, self._seconds_to_answer
                )
                self.fleet.processes.append(process)
                self.fleet.followers.append(self._log(log))
            for process in self.fleet.processes:
                process.wait_until_serving(_SECONDS_TO_START, given_up)
        except PreparationError as error:
            raise JobError(f"ClientError: {error}") from error
        except (NotServingError, OSError) as error:
            raise JobError(f"AlgorithmError: The model did not pass the ping health check. {error}") from error

    def inputs(self) -> list[tuple[str, str]]:
        """Return the objects to score: the address of each, and its name below the input's prefix.

        Raises:
            JobError: There is none.
        """
        uri = self.job["TransformInput"]["DataSource"]["S3DataSource"]["S3Uri"]
        try:
            return self.objects.below(uri, self.region)
        except TransferError as error:
            raise JobError(f"ClientError: {error}") from error

    def score(self, uri: str, name: str, signals: Signals) -> None:
        """Score one object.

        Args:
            uri: Its address.
            name: Its name below the input's prefix.
            signals: Says when to stop; then nothing is written.

        Raises:
            JobError: It could not be read, sent or written as a whole.
        """
        source, target = self.directory.temporary / "input", self.directory.temporary / "output"
        output = self.job["TransformOutput"]
        try:
            self.objects.download_file(uri, source, self.region)
            self._transform(source, target, signals)
            if not signals.stop.is_set():
                place = f"{output['S3OutputPath'].rstrip('/')}/{name}.out"
                self.objects.upload_file(target, place, self.region, output.get("KmsKeyId") or None)
        except TransferError as error:
            raise JobError(f"ClientError: {error}") from error
        except (RecordError, gzip.BadGzipFile) as error:
            raise JobError(f"ClientError: {uri}: {error}") from error

    def pump(self, *, last: bool = False) -> None:
        """Send what the model printed to CloudWatch Logs."""
        for follower in self.fleet.followers:
            follower.pump(last=last)

    def close(self) -> None:
        """End the model's processes."""
        for process in self.fleet.processes:
            process.stop()
        self.pump(last=True)

    def _batch_variables(self) -> dict[str, str]:
        """What tells a container that it works on a batch.

        https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-batch-code.html
        """
        return {
            "SAGEMAKER_BATCH": "true",
            "SAGEMAKER_BATCH_STRATEGY": _STRATEGIES[self.job.get("BatchStrategy", "MultiRecord")],
            "SAGEMAKER_MAX_PAYLOAD_IN_MB": str(self.job.get("MaxPayloadInMB", 6)),
            "SAGEMAKER_MAX_CONCURRENT_TRANSFORMS": str(self.job.get("MaxConcurrentTransforms", 0) or 1),
        }

    @property
    def _seconds_to_answer(self) -> float:
        return float(self.job.get("ModelClientConfig", {}).get("InvocationsTimeoutInSeconds", _SECONDS_TO_ANSWER))

    def _log(self, file: Path) -> LogFollower:
        stream = f"{self.job['TransformJobName']}/i-{secrets.token_hex(8)}"
        return self.workshop.log("/aws/sagemaker/TransformJobs", self.region, stream, file, self.job["RoleArn"])

    def _transform(self, source: Path, target: Path, signals: Signals) -> None:
        shaping = Shaping.of(self.job)
        assembled = self.job["TransformOutput"].get("AssembleWith", "None") == "Line"
        zipped = self.job["TransformInput"].get("CompressionType", "None") == "Gzip"
        workers = max(1, self.job.get("MaxConcurrentTransforms", 0) or 1) * len(self.fleet.processes)
        with (
            gzip.open(source) if zipped else source.open("rb") as content,
            target.open("wb") as written,
            ThreadPoolExecutor(workers) as pool,
        ):
            batches = shaping.batches(content)
            # As many at a time as are sent at once, so that a large file never is in memory.
            while not signals.stop.is_set() and (together := list(islice(batches, workers))):
                for result in pool.map(lambda batch: self._result(shaping, batch), together):
                    written.write(result)
                    if assembled and not result.endswith(b"\n"):
                        written.write(b"\n")
                self.pump()

    def _result(self, shaping: Shaping, batch: list[bytes]) -> bytes:
        answer = self._sent(shaping.body(batch))
        return shaping.result(batch, answer.body, answer.headers.get("content-type", ""))

    def _sent(self, body: bytes) -> Answer:
        headers = self._headers()
        retries = self.job.get("ModelClientConfig", {}).get("InvocationsMaxRetries", _RETRIES)
        said = ""
        for _ in range(retries + 1):
            process = self.fleet.processes[next(self.fleet.turns) % len(self.fleet.processes)]
            try:
                answer = process.invoke(headers, body)
            except (TimeoutError, ConnectionError, UnreachableError, NotServingError, ValueError) as error:
                said = f"{type(error).__name__}: {error}"
                continue
            if answer.status in _SUCCESS:
                return answer
            said = f"Bad HTTP status received from algorithm: {answer.status}: {_text(answer)}"
            if answer.status < _SERVER_ERROR:
                break
        raise RecordError(f"See job logs for more information. {said}")

    def _headers(self) -> dict[str, str]:
        given = self.job["TransformInput"].get("ContentType")
        accept = self.job["TransformOutput"].get("Accept")
        return {
            "Content-Type": given or "application/octet-stream",
            "Accept": accept or "*/*",
        }


def _text(answer: Answer) -> str:
    return answer.body.decode("utf-8", "replace").strip()[:500]
