"""The document with which an execution of a pipeline begins."""

from __future__ import annotations

import secrets
import string
import time
from typing import TYPE_CHECKING, Any

from mlstack_localcloud.server.sagemaker.state_events import iso
from mlstack_localcloud.server.sagemaker.store import now

if TYPE_CHECKING:
    from mlstack_localcloud.server.sagemaker.ports import Document

_ID_LETTERS = string.ascii_lowercase + string.digits
_ID_LENGTH = 12


def new_run(pipeline: Document, request: Document, parameters: dict[str, Any]) -> Document:
    """The document of an execution that begins now.

    Args:
        pipeline: The pipeline's document.
        request: The request to start it.
        parameters: The values of its parameters, defaults among them.
    """
    identifier = "".join(secrets.choice(_ID_LETTERS) for _ in range(_ID_LENGTH))
    arn = f"{pipeline['PipelineArn']}/execution/{identifier}"
    started = now()
    parallelism = request.get("ParallelismConfiguration", pipeline.get("ParallelismConfiguration"))
    run: Document = {
        "PipelineArn": pipeline["PipelineArn"],
        "PipelineExecutionArn": arn,
        "PipelineExecutionDisplayName": f"execution-{int(time.time() * 1000)}",
        "PipelineExecutionStatus": "Executing",
        "CreationTime": started,
        "StartTime": started,
        "LastModifiedTime": started,
        **{k: v for k, v in request.items() if k.startswith("PipelineExecution") or k == "SelectiveExecutionConfig"},
        "_token": request.get("ClientRequestToken"),
        "_definition": pipeline["PipelineDefinition"],
        "_role": pipeline["RoleArn"],
        "_parameters": parameters,
        "_steps": {},
        "_facts": {
            "PipelineName": pipeline["PipelineName"],
            "PipelineArn": pipeline["PipelineArn"],
            "PipelineExecutionId": identifier,
            "PipelineExecutionArn": arn,
            "StartDateTime": iso(started),
            "CurrentDateTime": iso(started),
        },
    }
    return run if parallelism is None else {**run, "ParallelismConfiguration": parallelism}


def name_of(run: Document) -> str:
    """The name under which an execution is stored."""
    facts = run["_facts"]
    return f"{facts['PipelineName']}/execution/{facts['PipelineExecutionId']}"
