"""How the hosts of a training job work together: their addresses, and what starts their scripts.

In SageMaker the hosts' names are addresses, and the training toolkit tells PyTorch the first of them and the port 7777.
Here all hosts are on this machine, whose one address they share, and the port is one that is free, so that two jobs can
run at once. What starts the scripts is the toolkit's choice
(https://github.com/aws/sagemaker-training-toolkit: `torch_distributed.py`, `mpi.py`):

| hyperparameter | what starts the script |
| --- | --- |
| none | Python, on each host |
| `sagemaker_torch_distributed_enabled` | torchrun, on each host |
| `sagemaker_mpi_enabled` | mpirun, on the first host, for all |
"""

from __future__ import annotations

import shlex
import shutil
import socket
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from mlstack_localcloud.server.sagemaker.execution.failures import JobError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mlstack_localcloud.server.sagemaker.execution.process import Command
    from mlstack_localcloud.server.sagemaker.execution.training_run import TrainingRun

ADDRESS = "127.0.0.1"
TORCHRUN = "sagemaker_torch_distributed_enabled"
MPI = "sagemaker_mpi_enabled"
_MPI_PROCESSES = "sagemaker_mpi_num_of_processes_per_host"
# Open MPI refuses root and more processes than processors, and is told otherwise by variables that MPICH doesn't know.
_OPEN_MPI = {
    "OMPI_ALLOW_RUN_AS_ROOT": "1",
    "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
    "PRTE_ALLOW_RUN_AS_ROOT": "1",
    "PRTE_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
    "OMPI_MCA_rmaps_base_oversubscribe": "1",
    "PRTE_MCA_rmaps_default_mapping_policy": ":oversubscribe",
}


def free_port() -> int:
    """Return a port of this machine that nobody listens on."""
    with socket.socket() as listener:
        listener.bind((ADDRESS, 0))
        return int(listener.getsockname()[1])


def addresses(run: TrainingRun) -> dict[str, str]:
    """Return the variables that say where the first host is; none for a job of one host.

    Args:
        run: A host of the job.
    """
    if len(run.hosts) == 1:
        return {}
    return {"MASTER_ADDR": ADDRESS, "MASTER_PORT": str(run.master_port)}


def launched(run: TrainingRun, own: Mapping[str, Any], path: str, script: Sequence[str]) -> list[str]:
    """Return what starts a Python script on a host.

    Args:
        run: The host.
        own: All hyperparameters of the job, decoded.
        path: Where programs are looked up.
        script: The script and its options.

    Raises:
        JobError: The program that should start it is not in the job's environment.
    """
    if own.get(MPI):
        return ["python3", "-m", "mpi4py", *script]
    if not own.get(TORCHRUN):
        return ["python3", *script]
    _need("torchrun", path, "torch")
    # One process a host, as the toolkit has it for instances without a graphics processor.
    words = ["torchrun", "--nnodes", str(len(run.hosts)), "--nproc_per_node", "1"]
    if len(run.hosts) > 1:
        words += ["--master_addr", ADDRESS, "--master_port", str(run.master_port), "--node_rank", str(run.host)]
    return [*words, *script]


def together(commands: Sequence[Command], own: Mapping[str, Any]) -> list[Command]:
    """Return what is run for the commands of all hosts: those themselves, or with MPI one command that starts them all.

    Args:
        commands: The command of each host.
        own: All hyperparameters of the job, decoded.

    Raises:
        JobError: There is no mpirun in the job's environment.
    """
    if not own.get(MPI):
        return list(commands)
    first = commands[0]
    _need("mpirun", first.environment["PATH"], "mpi4py and mpich")
    words: list[str] = ["mpirun"]
    for command in commands:
        words += [] if command is first else [":"]
        words += ["-np", str(own.get(_MPI_PROCESSES, 1)), "/bin/sh", "-c", _on_its_host(command, first)]
    return [replace(first, arguments=tuple(words), environment={**first.environment, **_OPEN_MPI})]


def _on_its_host(command: Command, first: Command) -> str:
    own = {name: value for name, value in command.environment.items() if first.environment.get(name) != value}
    variables = "".join(f"export {name}={shlex.quote(value)}; " for name, value in own.items() if "AWS_" not in name)
    return f"cd {shlex.quote(str(command.directory))}; {variables}exec {shlex.join(command.arguments)}"


def _need(program: str, path: str, packages: str) -> None:
    if shutil.which(program, path=path) is None:
        raise JobError(
            f"ClientError: {program} is not in the job's environment, so the local cloud can't start its hosts. "
            f"Add {packages} to requirements.txt."
        )
