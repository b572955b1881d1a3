"""CodeBuild's projects."""

from __future__ import annotations

import json
from typing import Any

from pulumi_aws import codebuild, iam, kms

from . import Case, Shared


def _spec(command: str) -> codebuild.ProjectSourceArgs:
    text = json.dumps({"version": "0.2", "phases": {"build": {"commands": [command]}}})
    return codebuild.ProjectSourceArgs(type="NO_SOURCE", buildspec=text)


def _environment(value: str) -> codebuild.ProjectEnvironmentArgs:
    return codebuild.ProjectEnvironmentArgs(
        type="LINUX_CONTAINER",
        compute_type="BUILD_GENERAL1_SMALL",
        image="aws/codebuild/amazonlinux-x86_64-standard:5.0",
        docker_server=codebuild.ProjectEnvironmentDockerServerArgs(compute_type="BUILD_GENERAL1_SMALL"),
        environment_variables=[codebuild.ProjectEnvironmentEnvironmentVariableArgs(name="WORD", value=value)],
    )


def _logs(stream: str) -> codebuild.ProjectLogsConfigArgs:
    logs = codebuild.ProjectLogsConfigCloudwatchLogsArgs(
        status="ENABLED", group_name="/test/builds", stream_name=stream
    )
    return codebuild.ProjectLogsConfigArgs(cloudwatch_logs=logs)


def trust() -> str:
    statement = {"Effect": "Allow", "Principal": {"Service": "codebuild.amazonaws.com"}, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def shared(found: Shared) -> None:
    """Make what the cases refer to."""
    found.resources["builder"] = iam.Role("builder", assume_role_policy=trust())
    found.resources["key"] = kms.Key("key")


def _tamper(aws: Any, outputs: Any) -> None:
    aws("codebuild").update_project(name=outputs["name"], description="by hand", timeoutInMinutes=7)


CASES = [
    Case(
        token="aws:codebuild/project:Project",
        make=codebuild.Project,
        inputs=lambda shared: {
            "artifacts": codebuild.ProjectArtifactsArgs(type="NO_ARTIFACTS"),
            "environment": _environment("one"),
            "service_role": shared.builder.arn,
            "source": _spec("true"),
            "build_timeout": 20,
            "concurrent_build_limit": 1,
            "vpc_config": codebuild.ProjectVpcConfigArgs(
                vpc_id="vpc-1", subnets=["subnet-1"], security_group_ids=["sg-1"]
            ),
            "logs_config": _logs("one"),
            "encryption_key": shared.key.arn,
            "tags": {"a": "1"},
        },
        outputs=("arn", "name", "tagsAll"),
        change=lambda _: {
            "source": _spec("false"),
            "environment": _environment("two"),
            "logs_config": _logs("two"),
            "build_timeout": 30,
            "concurrent_build_limit": None,
            "vpc_config": None,
            "tags": {"b": "2"},
        },
        replace=lambda _: {"name": "another-build"},
        tamper=_tamper,
        import_inputs=lambda o: {"name": o["name"]},
        remove=lambda aws, o: aws("codebuild").delete_project(name=o["name"]),
    )
]
