"""Training on several hosts: a process and directories for each, a network between them, one model of all."""
# ruff: noqa: PLR0917 - fixtures are arguments

import json
import time

import pytest
from botocore.exceptions import ClientError

HOSTS = {"ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 3, "VolumeSizeInGB": 5}}
# The first host adds up what the others send it.
SUM = """
import json, os, pathlib, socket, time
hosts, host = json.loads(os.environ["SM_HOSTS"]), os.environ["SM_CURRENT_HOST"]
config = json.load(open(os.environ["SM_INPUT_CONFIG_DIR"] + "/resourceconfig.json"))
files = sorted(os.listdir(os.environ["SM_CHANNEL_TRAIN"]))
print(host, "has", len(files), flush=True)
address = os.environ["MASTER_ADDR"], int(os.environ["MASTER_PORT"])
model = pathlib.Path(os.environ["SM_MODEL_DIR"])
(model / f"{host}.json").write_text(json.dumps(
    {"files": files, "config": config, "hosts": hosts, "pid": os.getpid(), "base": os.environ["SAGEMAKER_BASE_DIR"]}
))
(pathlib.Path(os.environ["SM_OUTPUT_DATA_DIR"]) / host).write_text(host)
if host == hosts[0]:
    total = len(files)
    with socket.create_server(address) as server:
        for _ in hosts[1:]:
            with server.accept()[0] as peer:
                total += int(peer.recv(16))
    (model / "total").write_text(str(total))
else:
    for _ in range(200):
        try:
            with socket.create_connection(address) as peer:
                peer.send(str(len(files)).encode())
            break
        except ConnectionRefusedError:
            time.sleep(0.05)
"""


@pytest.fixture
def train(submit, s3, bucket, role, jobs):
    """Starts a job of three hosts with five files in the channel `train`."""

    def train(script, distribution="FullyReplicated", **changes):
        for number in range(5):
            s3.put_object(Bucket=bucket, Key=f"train/{number}.csv", Body=b"1")
        channel = jobs.channel("train", f"s3://{bucket}/train/")
        channel["DataSource"]["S3DataSource"]["S3DataDistributionType"] = distribution
        inputs = [*jobs.training_request(bucket, role)["InputDataConfig"], channel]
        return submit(script, InputDataConfig=inputs, **{**HOSTS, **changes})

    return train


def test_hosts_run_side_by_side_and_find_each_other(cloud, sagemaker, s3, train, jobs):
    train(SUM)
    job = jobs.trained(sagemaker)
    assert job["TrainingJobStatus"] == "Completed", job.get("FailureReason")
    uri = job["ModelArtifacts"]["S3ModelArtifacts"]
    model = jobs.artifact(s3, uri)
    assert sorted(model) == ["algo-1.json", "algo-2.json", "algo-3.json", "total"]
    assert model["total"] == b"15"
    seen = {name: json.loads(model[f"{name}.json"]) for name in ("algo-1", "algo-2", "algo-3")}
    assert len({each["pid"] for each in seen.values()}) == 3
    assert len({each["base"] for each in seen.values()}) == 3
    for name, each in seen.items():
        assert each["hosts"] == each["config"]["hosts"] == [*seen]
        assert each["config"]["current_host"] == name
        assert each["config"]["instance_groups"][0]["hosts"] == [*seen]
    assert jobs.artifact(s3, uri.replace("model.tar", "output.tar")) == {name: name.encode() for name in seen}
    for name in seen:
        lines = jobs.log_lines(cloud, "/aws/sagemaker/TrainingJobs", f"job/{name}-")
        assert lines == [f"{name} has 5"]
    assert not list(cloud.home.jobs.rglob("algo-*"))


def test_each_host_gets_its_share_of_the_objects(sagemaker, s3, train, jobs):
    train(SUM, "ShardedByS3Key")
    model = jobs.artifact(s3, jobs.trained(sagemaker)["ModelArtifacts"]["S3ModelArtifacts"])
    assert model["total"] == b"5"
    shares = [json.loads(model[f"algo-{number}.json"])["files"] for number in (1, 2, 3)]
    assert [len(each) for each in shares] == [2, 2, 1]
    assert sorted(file for each in shares for file in each) == [f"{number}.csv" for number in range(5)]


def test_a_job_fails_with_one_of_its_hosts_and_leaves_no_process(sagemaker, s3, bucket, train, jobs, tmp_path):
    train(
        "import os, pathlib, sys, time\n"
        f"pathlib.Path({str(tmp_path)!r}, os.environ['SM_CURRENT_HOST'] + '.pid').write_text(str(os.getpid()))\n"
        "if os.environ['SM_CURRENT_HOST'] == 'algo-2':\n    time.sleep(1)\n    sys.exit('no such column: rain')\n"
        "time.sleep(300)"
    )
    job = jobs.trained(sagemaker)
    assert job["TrainingJobStatus"] == "Failed"
    assert "no such column: rain" in job["FailureReason"]
    assert job["FailureReason"].endswith("(host algo-2)")
    pids = [int(path.read_text()) for path in tmp_path.glob("*.pid")]
    assert len(pids) == 3
    assert all(jobs.ended(pid) for pid in pids)
    assert "Contents" not in s3.list_objects_v2(Bucket=bucket, Prefix="models/")


def test_a_stop_reaches_every_host(sagemaker, train, jobs, tmp_path):
    train(
        "import os, pathlib, time\n"
        f"pathlib.Path({str(tmp_path)!r}, os.environ['SM_CURRENT_HOST'] + '.pid').write_text(str(os.getpid()))\n"
        "time.sleep(300)"
    )
    deadline = time.monotonic() + 30
    while len(list(tmp_path.glob("*.pid"))) < 3:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    sagemaker.stop_training_job(TrainingJobName="job")
    assert jobs.trained(sagemaker)["TrainingJobStatus"] == "Stopped"
    assert all(jobs.ended(int(path.read_text())) for path in tmp_path.glob("*.pid"))


def test_of_two_files_of_one_name_the_first_hosts_is_kept(sagemaker, s3, train, jobs):
    train(
        "import os, pathlib\n"
        "pathlib.Path(os.environ['SM_MODEL_DIR'], 'weights').write_text(os.environ['SM_CURRENT_HOST'])"
    )
    model = jobs.artifact(s3, jobs.trained(sagemaker)["ModelArtifacts"]["S3ModelArtifacts"])
    assert model == {"weights": b"algo-1"}


def launched(train, launcher, script="", **changes):
    train(
        script,
        HyperParameters={
            "sagemaker_program": "train.py",
            "sagemaker_submit_directory": "/opt/ml/input/data/code/sourcedir.tar.gz",
            launcher: "true",
            "max_depth": "6",
        },
        **changes,
    )


RANKS = """
import json, os, pathlib, sys
from mpi4py import MPI
world = MPI.COMM_WORLD
seen = {"rank": world.rank, "sum": world.allreduce(world.rank + 1), "arguments": sys.argv[1:]}
seen["at home"] = str(pathlib.Path.cwd()).startswith(os.environ["SAGEMAKER_BASE_DIR"])
pathlib.Path(os.environ["SM_MODEL_DIR"], os.environ["SM_CURRENT_HOST"]).write_text(json.dumps(seen))
"""


@pytest.mark.slow
def test_mpi_starts_a_rank_on_each_host(sagemaker, s3, train, jobs):
    launched(train, "sagemaker_mpi_enabled", RANKS, files={"requirements.txt": "mpi4py\nmpich\n"})
    job = jobs.until(
        lambda: sagemaker.describe_training_job(TrainingJobName="job"),
        "TrainingJobStatus",
        {"Completed", "Failed"},
        seconds=300,
    )
    assert job["TrainingJobStatus"] == "Completed", job.get("FailureReason")
    model = jobs.artifact(s3, job["ModelArtifacts"]["S3ModelArtifacts"])
    arguments = ["--max_depth", "6"]
    assert {host: json.loads(text) for host, text in model.items()} == {
        f"algo-{rank + 1}": {"rank": rank, "sum": 6, "arguments": arguments, "at home": True} for rank in range(3)
    }


@pytest.mark.parametrize(
    ("launcher", "named"),
    [("sagemaker_torch_distributed_enabled", "torchrun"), ("sagemaker_mpi_enabled", "mpirun")],
)
def test_a_launcher_that_is_not_there_is_named(sagemaker, train, jobs, launcher, named):
    launched(train, launcher)
    reason = jobs.trained(sagemaker)["FailureReason"]
    assert reason.startswith(f"ClientError: {named} is not in the job's environment")
    assert "requirements.txt" in reason


def test_instance_groups_are_refused_by_name(sagemaker, submit):
    group = {"InstanceType": "ml.m5.large", "InstanceCount": 1, "InstanceGroupName": "one"}
    with pytest.raises(ClientError, match="does not support InstanceGroups"):
        submit("", ResourceConfig={"InstanceGroups": [group], "VolumeSizeInGB": 5})
    assert sagemaker.list_training_jobs()["TrainingJobSummaries"] == []
