"""All hosts of a training job: each a process of its own with its own directories and its own log stream.

```
<jobs>/training/<region>/<name>/          of a job with one host: its directory
<jobs>/training/<region>/<name>/algo-1/   of a job with more: the directory of each
```
The model is what all of them left: SageMaker puts what its containers wrote to `/opt/ml/model` into one archive, as it
does with `/opt/ml/output/data` (https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-training-algo-output.html).
"""

from __future__ import annotations

import contextlib
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

from mlstack_localcloud.server.sagemaker.execution import distribution, job_process, variables
from mlstack_localcloud.server.sagemaker.execution.directories import JobDirectory
from mlstack_localcloud.server.sagemaker.execution.failures import JobError, training_failure
from mlstack_localcloud.server.sagemaker.execution.objects import TransferError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from mlstack_localcloud.server.sagemaker.execution.checkpoints import Checkpoints
    from mlstack_localcloud.server.sagemaker.execution.job_process import Ending
    from mlstack_localcloud.server.sagemaker.execution.logs import LogFollower
    from mlstack_localcloud.server.sagemaker.execution.process import Command
    from mlstack_localcloud.server.sagemaker.execution.running_jobs import Signals
    from mlstack_localcloud.server.sagemaker.execution.training_run import TrainingRun


class TrainingCluster:
    """The hosts of one training job.

    Args:
        run: The job at work.

    Attributes:
        hosts: Its hosts.
    """

    def __init__(self, run: TrainingRun) -> None:
        self._directory = run.directory
        self.hosts = [run]
        if len(run.hosts) > 1:
            port = distribution.free_port()
            self.hosts = [
                replace(run, host=place, master_port=port, directory=JobDirectory.make(run.directory.root / name))
                for place, name in enumerate(run.hosts)
            ]
        self._commands: list[Command] = []
        self._checkpoints: list[Checkpoints] = []

    def prepare(self) -> None:
        """Bring inputs, checkpoints and code to each host.

        Raises:
            JobError: Something is not there.
        """
        for host in self.hosts:
            host.download()
            checkpoints = host.checkpoints()
            if checkpoints is not None:
                with _as_job_error():
                    checkpoints.load()
                self._checkpoints.append(checkpoints)
        own = variables.decoded(self.hosts[0].job.get("HyperParameters", {}))
        self._commands = distribution.together([host.command() for host in self.hosts], own)

    def run(
        self,
        log_of: Callable[[TrainingRun], LogFollower],
        signals: Signals,
        most_seconds: float,
        on_lines: Callable[[list[str]], None],
    ) -> Ending:
        """Run the commands to their end.

        Args:
            log_of: Makes what sends a host's log to CloudWatch Logs.
            signals: Says when to stop.
            most_seconds: How long they may run.
            on_lines: Is given every line that they print.

        Raises:
            JobError: The checkpoints cannot be kept.
        """
        members = [(command, log_of(host)) for command, host in zip(self._commands, self.hosts, strict=False)]
        with _as_job_error(), contextlib.ExitStack() as kept:
            for checkpoints in self._checkpoints:
                kept.enter_context(checkpoints.kept(signals.closing.is_set))
            return job_process.run_together(members, signals, most_seconds, on_lines)

    def failure(self, ending: Ending) -> str:
        """Return why the job failed, by the host that failed first."""
        host, command = self.hosts[ending.host], self._commands[ending.host]
        reason = training_failure(host.directory, command, ending.exit_code)
        return reason if len(self.hosts) == 1 else f"{reason} (host {host.hosts[host.host]})"

    def upload(self) -> None:
        """Bring the artifacts of all hosts to S3.

        Raises:
            JobError: S3 refused them.
        """
        first, *others = self.hosts
        for other in others:
            for folder in ("model", "output/data"):
                for path in sorted((other.directory.base / folder).rglob("*")):
                    target = first.directory.base / folder / path.relative_to(other.directory.base / folder)
                    _gather(path, target, first)
        first.upload()

    def remove(self) -> None:
        """Remove the directories of the hosts."""
        for host in self.hosts:
            if host.directory is not self._directory:
                host.directory.remove()


def _gather(path: Path, target: Path, first: TrainingRun) -> None:
    if path.is_dir():
        target.mkdir(parents=True, exist_ok=True)
    elif not target.exists():
        shutil.move(path, target)
    elif path.read_bytes() != target.read_bytes():
        # SageMaker leaves open which of two files of one name stays, and asks for different names.
        first.directory.note(f"Several hosts left another {target.name} for the model: the one of algo-1 is kept.")


@contextlib.contextmanager
def _as_job_error() -> Iterator[None]:
    try:
        yield
    except TransferError as error:
        raise JobError(f"ClientError: {error}") from error
