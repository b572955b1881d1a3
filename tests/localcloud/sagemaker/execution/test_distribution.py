"""What starts a script on several hosts, beside what the training toolkit of AWS's images runs."""

from types import SimpleNamespace

import pytest
from mlstack_localcloud.server.sagemaker.execution import distribution
from mlstack_localcloud.server.sagemaker.execution.failures import JobError

SCRIPT = ["train.py", "--max_depth", "6"]


@pytest.fixture
def path(tmp_path):
    for program in ("torchrun", "mpirun"):
        (tmp_path / program).touch(mode=0o755)
    return str(tmp_path)


def host(place, count):
    return SimpleNamespace(hosts=[f"algo-{each + 1}" for each in range(count)], host=place, master_port=4711)


def test_torchrun_is_started_as_the_toolkit_does(path):
    """`TorchDistributedRunner._create_command`; the address is this machine's, and the port one that was free."""
    words = distribution.launched(host(1, 2), {distribution.TORCHRUN: True}, path, SCRIPT)
    assert words == [
        *("torchrun", "--nnodes", "2", "--nproc_per_node", "1"),
        *("--master_addr", "127.0.0.1", "--master_port", "4711", "--node_rank", "1"),
        *SCRIPT,
    ]
    alone = distribution.launched(host(0, 1), {distribution.TORCHRUN: True}, path, SCRIPT)
    assert alone == ["torchrun", "--nnodes", "1", "--nproc_per_node", "1", *SCRIPT]


def test_mpi_wraps_the_script_so_that_a_failure_ends_all_ranks(path):
    """`MasterRunner._python_command`."""
    assert distribution.launched(host(0, 2), {distribution.MPI: True}, path, SCRIPT)[:3] == ["python3", "-m", "mpi4py"]


def test_without_a_launcher_python_starts_it(path):
    assert distribution.launched(host(0, 2), {"max_depth": 6}, path, SCRIPT) == ["python3", *SCRIPT]


def test_a_launcher_that_is_not_there_is_named(tmp_path):
    with pytest.raises(JobError, match=r"torchrun is not in the job's environment.*Add torch to requirements\.txt"):
        distribution.launched(host(0, 2), {distribution.TORCHRUN: True}, str(tmp_path), SCRIPT)


def test_hosts_of_one_job_find_each_other_and_one_host_needs_nobody():
    assert distribution.addresses(host(1, 2)) == {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": "4711"}
    assert distribution.addresses(host(0, 1)) == {}
