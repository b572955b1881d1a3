"""aws.codebuild.Project."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlstack_localcloud.provider.model import (
    ANY,
    Call,
    Const,
    ListOf,
    Name,
    Nested,
    Output,
    Property,
    ResourceType,
    Tags,
    When,
)

if TYPE_CHECKING:
    from mlstack_localcloud.provider.sources import Source

_NAME: dict[str, Source] = {"name": "name"}


def _without(name: str, value: Any) -> Call:
    """What is given no more: left out of a request it stays, so it is taken away by a value that means none."""
    return Call("UpdateProject", {**_NAME, name: Const(value)}, takes=(), on=(name,), when=When(name, negated=True))


TYPE = ResourceType(
    "aws:codebuild/project:Project",
    service="codebuild",
    id="{arn}",
    import_id="(?:arn:[^/]+/)?(?P<name>[^/]+)",
    name=Name("name", longest=150),
    properties=(
        Property("name", "name"),
        Property(
            "artifacts",
            "artifacts",
            nested_defaults={"encryptionDisabled": False, "overrideArtifactName": False, "name": ANY},
        ),
        Property("buildTimeout", "timeoutInMinutes", default=60),
        Property("cache", "cache", default={"type": "NO_CACHE"}),
        Property("concurrentBuildLimit", "concurrentBuildLimit"),
        Property("description", "description", computed=True),
        Property("encryptionKey", "encryptionKey", computed=True),
        Property(
            "environment",
            "environment",
            nested_defaults={
                "type": "PLAINTEXT",
                "imagePullCredentialsType": "CODEBUILD",
                "privilegedMode": False,
            },
        ),
        # The official provider adds a status to logs that have none; here it has to be given.
        Property("logsConfig", "logsConfig"),
        Property("queuedTimeout", "queuedTimeoutInMinutes", default=480),
        Property("serviceRole", "serviceRole"),
        Property("source", "source", nested_defaults={"insecureSsl": False}),
        Property("sourceVersion", "sourceVersion"),
        Property("vpcConfig", "vpcConfig"),
    ),
    nested=(Nested("cloudwatchLogs", "cloudWatchLogs"),),
    outputs=(Output("arn", result="arn"),),
    create=Call("CreateProject", out_of="project"),
    updates=(Call("UpdateProject", _NAME), _without("concurrentBuildLimit", -1), _without("vpcConfig", {})),
    reads=(
        Call(
            "BatchGetProjects",
            {"names": ListOf("name")},
            takes=(),
            out_of="projects",
            find={"name": "name"},
        ),
    ),
    deletes=(Call("DeleteProject", _NAME, takes=()),),
    tags=Tags(
        put=Call("UpdateProject", _NAME, takes=()),
        put_member="tags",
        result="tags",
        create_member="tags",
        key="key",
        value="value",
    ),
    not_implemented=(
        "autoRetryLimit",
        "badgeEnabled",
        "buildBatchConfig",
        "fileSystemLocations",
        "projectVisibility",
        "resourceAccessRole",
        "secondaryArtifacts",
        "secondarySources",
        "secondarySourceVersions",
    ),
)
