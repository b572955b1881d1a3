"""A training job in the local cloud beside its script alone, same interpreter, same data."""

from __future__ import annotations

import itertools
import os
import shutil
import tarfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from benchmarks.measure import Figure, command, in_pairs
from benchmarks.served_project import ServedProject, served_project

JOB_FIELDS = (
    "AlgorithmSpecification",
    "RoleArn",
    "InputDataConfig",
    "OutputDataConfig",
    "ResourceConfig",
    "StoppingCondition",
    "HyperParameters",
)


def measure(folder: Path) -> Iterable[Figure]:
    """Limit: 0.3 s above the script."""
    with served_project(folder) as project:
        sagemaker = project.client("sagemaker")
        name = sagemaker.list_training_jobs()["TrainingJobSummaries"][0]["TrainingJobName"]
        job = sagemaker.describe_training_job(TrainingJobName=name)
        pairs = in_pairs(_job(sagemaker, job), _script(project, job, folder / "alone"), runs=7)
    yield Figure("training job above its script", pairs.difference, "s", 0.3, pairs.describe("job", "script alone"))


def _job(sagemaker: Any, like: dict[str, Any]) -> Any:
    numbers = itertools.count()
    request = {field: like[field] for field in JOB_FIELDS}

    def run() -> None:
        name = f"bench-{next(numbers)}"
        sagemaker.create_training_job(TrainingJobName=name, **request)
        while (status := _status(sagemaker, name)) in ("InProgress", "Stopping"):
            time.sleep(0.02)
        if status != "Completed":
            raise RuntimeError(f"the training job ended {status}")

    return run


def _status(sagemaker: Any, name: str) -> str:
    return str(sagemaker.describe_training_job(TrainingJobName=name)["TrainingJobStatus"])


def _script(project: ServedProject, job: dict[str, Any], folder: Path) -> Any:
    """The script as a person would run it: on the job's own data, with its hyperparameters."""
    s3 = project.client("s3")
    for channel in job["InputDataConfig"]:
        uri = channel["DataSource"]["S3DataSource"]["S3Uri"]
        bucket, _, prefix = uri.removeprefix("s3://").partition("/")
        for entry in s3.list_objects_v2(Bucket=bucket, Prefix=prefix)["Contents"]:
            target = folder / channel["ChannelName"] / Path(entry["Key"]).name
            target.parent.mkdir(parents=True, exist_ok=True)
            s3.download_file(bucket, entry["Key"], str(target))
    with tarfile.open(folder / "code" / "sourcedir.tar.gz") as archive:
        archive.extractall(folder / "code", filter="data")
    python = project.model_process().cmdline()[0]
    options = {k: v for k, v in job["HyperParameters"].items() if not k.startswith("sagemaker_")}
    arguments = [word for name, value in options.items() for word in (f"--{name}", value.strip('"'))]
    model = folder / "model"
    run = command(
        [python, "train.py", *arguments],
        cwd=folder / "code",
        env={**os.environ, "SM_CHANNEL_TRAIN": str(folder / "train"), "SM_MODEL_DIR": str(model)},
    )

    def once() -> None:
        shutil.rmtree(model, ignore_errors=True)
        run()

    return once
