"""Environment variables of jobs: made from nothing, so that nothing of the user's shell leaks into a job."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

from mlstack_localcloud.server.authorization.sources import SERVICE_SESSION

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from mlstack_localcloud.server.sagemaker.execution.directories import JobDirectory
    from mlstack_localcloud.server.sagemaker.ports import ClientFactory, Document

_SYSTEM_PATH = "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"


def basic(directory: JobDirectory, python: Path, region: str) -> dict[str, str]:
    """Return what every process of a job needs.

    Args:
        directory: The job's directory.
        python: The interpreter of its environment, first on PATH.
        region: The region of the job.
    """
    return {
        "PATH": f"{python.parent}:{_SYSTEM_PATH}",
        "HOME": str(directory.home),
        "TMPDIR": str(directory.temporary),
        "LANG": "C.UTF-8",
        "PYTHONUTF8": "1",
        "PYTHONUNBUFFERED": "1",
        "SAGEMAKER_BASE_DIR": str(directory.base),
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def credentials(clients: ClientFactory, role_arn: str, region: str) -> dict[str, str]:
    """Return temporary keys of a role and the address of the local cloud.

    Args:
        clients: Issues the keys.
        role_arn: The job's role.
        region: The region of the job.
    """
    keys = clients.role_keys(role_arn, SERVICE_SESSION)
    endpoint_url = clients.client("sts", region).meta.endpoint_url
    return {
        "AWS_ENDPOINT_URL": endpoint_url,
        "SAGEMAKER_MLFLOW_CUSTOM_ENDPOINT": endpoint_url,
        "AWS_ACCESS_KEY_ID": keys.access_key_id,
        "AWS_SECRET_ACCESS_KEY": keys.secret_access_key,
        "AWS_SESSION_TOKEN": keys.session_token,
    }


def host_names(count: int) -> list[str]:
    """Return the names of a job's hosts, as SageMaker gives them."""
    return [f"algo-{number}" for number in range(1, count + 1)]


def resource_config(cluster: Mapping[str, Any], hosts: Sequence[str] = ("algo-1",), current: int = 0) -> Document:
    """Return the content of resourceconfig.json.

    Args:
        cluster: The instances: InstanceType.
        hosts: The names of the hosts.
        current: Which of them this is for.
    """
    return {
        "current_host": hosts[current],
        "current_instance_type": cluster.get("InstanceType", "local"),
        "current_group_name": "homogeneousCluster",
        "hosts": list(hosts),
        "instance_groups": [
            {
                "instance_group_name": "homogeneousCluster",
                "instance_type": cluster.get("InstanceType", "local"),
                "hosts": list(hosts),
            }
        ],
        "network_interface_name": "lo",
    }


def training(
    directory: JobDirectory, job: Document, hyperparameters: dict[str, Any], program: str, cluster: Document
) -> dict[str, str]:
    """Return the `SM_*` variables of a training script, as the SageMaker training toolkit sets them.

    Args:
        directory: The job's directory.
        job: The training job.
        hyperparameters: The user's hyperparameters, decoded.
        program: The script, or empty when the container has an entry point.
        cluster: The content of resourceconfig.json.

    Source: "ENVIRONMENT_VARIABLES.md" of aws/sagemaker-training-toolkit.
    """
    base = directory.base
    channels = sorted(channel["ChannelName"] for channel in job.get("InputDataConfig", []))
    variables = {
        "TRAINING_JOB_NAME": job["TrainingJobName"],
        "TRAINING_JOB_ARN": job["TrainingJobArn"],
        "SM_MODEL_DIR": str(base / "model"),
        "SM_OUTPUT_DIR": str(base / "output"),
        "SM_OUTPUT_DATA_DIR": str(base / "output" / "data"),
        "SM_OUTPUT_INTERMEDIATE_DIR": str(base / "output" / "intermediate"),
        "SM_INPUT_DIR": str(base / "input"),
        "SM_INPUT_CONFIG_DIR": str(base / "input" / "config"),
        "SM_CHANNELS": json.dumps(channels),
        "SM_HPS": json.dumps(hyperparameters),
        "SM_USER_ARGS": json.dumps(arguments_of(hyperparameters)),
        "SM_HOSTS": json.dumps(cluster["hosts"]),
        "SM_CURRENT_HOST": cluster["current_host"],
        "SM_CURRENT_INSTANCE_TYPE": cluster["current_instance_type"],
        "SM_RESOURCE_CONFIG": json.dumps(cluster),
        "SM_NETWORK_INTERFACE_NAME": cluster["network_interface_name"],
        "SM_NUM_CPUS": str(os.cpu_count() or 1),
        "SM_NUM_GPUS": "0",
        "SM_NUM_NEURONS": "0",
        "SM_LOG_LEVEL": "20",
        "SM_MODULE_DIR": str(base / "code"),
        "SM_MODULE_NAME": program.removesuffix(".py"),
        "SM_USER_ENTRY_POINT": program,
    }
    variables.update({f"SM_CHANNEL_{name.upper()}": str(base / "input" / "data" / name) for name in channels})
    variables.update({f"SM_HP_{name.upper()}": _text(value) for name, value in hyperparameters.items()})
    return variables


def arguments_of(hyperparameters: Mapping[str, Any]) -> list[str]:
    """Return hyperparameters as the toolkit gives them to a script: `--max_depth 6`, `-k 3`, sorted by name."""
    arguments: list[str] = []
    for name in sorted(hyperparameters):
        arguments += [f"-{name}" if len(name) == 1 else f"--{name}", _text(hyperparameters[name])]
    return arguments


def decoded(hyperparameters: Mapping[str, str]) -> dict[str, Any]:
    """Return the values of hyperparameters: the API has texts, which clients write as JSON or plainly."""
    return {name: _decoded(value) for name, value in hyperparameters.items()}


def _decoded(value: str) -> Any:
    try:
        return json.loads(value)
    except ValueError:
        return value


def _text(value: Any) -> str:
    return json.dumps(value) if isinstance(value, (dict, list)) else str(value)
