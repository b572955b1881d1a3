"""Builds an image of the project's own in the cloud, unless the repository has it.

Stages: Dockerfile and context are packed, and their hash is the image's tag; what the repository has under that tag is
not built again; else the source is put into the artifact bucket, a build is started and its log followed to the end.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mlstack_components.aws.image_build import TAG_VARIABLE
from mlstack_components.aws.names import image_source_key
from mlstack_components.errors import MlstackError, UserError
from mlstack_stacks.own_images import source_of

from mlstack.cloud.errors import error_code, is_missing
from mlstack.training.logs import Log

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mlstack_components.aws.image_source import ImageSource

    from mlstack.cloud.deployment import Deployment

POLL_SECONDS = 1.0
_INTERRUPTED = 130


class BuildFailedError(MlstackError):
    """A build of an image failed or was stopped."""

    code = "image-build-failed"


class StillBuildingError(MlstackError):
    """The user stopped watching; the build goes on."""

    code = "interrupted"
    exit_code = _INTERRUPTED


@dataclass(frozen=True)
class BuiltImage:
    """An image that is in the repository.

    Attributes:
        name: Its name in mlstack.yaml.
        uri: Its address, with its tag.
        digest: The digest of its manifest.
        built: Whether it had to be built now.
    """

    name: str
    uri: str
    digest: str
    built: bool

    def to_json(self) -> dict[str, Any]:
        """Plain data for `--json`."""
        return {"name": self.name, "uri": self.uri, "digest": self.digest, "built": self.built}


def chosen_images(deployment: Deployment, names: Sequence[str]) -> list[str]:
    """The images that a command is about.

    Args:
        deployment: The environment.
        names: What was asked for; all where empty.

    Raises:
        UserError: The project has no images, or none of a name.
    """
    known = list(deployment.spec.images or {})
    if not known:
        raise UserError(
            "The project has no images of its own.",
            next_step="Add `images: {model: {dockerfile: Dockerfile}}` to mlstack.yaml, then run `mlstack up`.",
        )
    for name in names:
        if name not in known:
            raise UserError(f"The project has no image `{name}`.", next_step=f"It has {', '.join(known)}.")
    return list(names) or known


def repository_of(deployment: Deployment) -> str:
    """The address of the repository, without a tag.

    Raises:
        MlstackError: The environment came up before the project had images.
    """
    url = deployment.outputs.image_build_repository_url
    if url is None or deployment.outputs.image_build_project is None:
        raise MlstackError(
            f"Nothing builds images in the environment `{deployment.environment}` yet.",
            next_step=f"Provision it with `mlstack up {deployment.environment}`.",
        )
    return url


def ensure(deployment: Deployment, name: str, say: Callable[[str], object]) -> BuiltImage:
    """See to it that an image of what the project holds now is in the repository.

    Args:
        deployment: The environment.
        name: The image.
        say: Told what is being done, and the lines of the build's log.

    Raises:
        UserError: Dockerfile or context can't be packed.
        BuildFailedError: The build failed, or the environment is in the local cloud, which builds no images.
        StillBuildingError: The user interrupted; the build goes on.
    """
    url = repository_of(deployment)
    source = source_of(deployment.spec, (deployment.spec.images or {})[name])
    tag = source.tag(name)
    if (digest := digest_of(deployment, url, tag)) is not None:
        return BuiltImage(name, f"{url}:{tag}", digest, built=False)
    if deployment.spec.is_local:
        raise BuildFailedError(
            f"The local cloud has no Docker, so the image {name} can't be built there.",
            next_step=f"Write `framework` in place of `image` for `{deployment.environment}`.",
        )
    say(f"Building the image {name} ({tag}).")
    build = _start(deployment, source, tag)
    reason = _follow(deployment, build, say)
    # Somebody else may have built the same meanwhile; what counts is that it is there.
    digest = digest_of(deployment, url, tag)
    if digest is None:
        raise BuildFailedError(
            f"The image {name} could not be built: {reason.rstrip('.') or 'it is not in the repository'}.",
            next_step="The log above says why. Correct the Dockerfile, and run the same command again.",
        )
    return BuiltImage(name, f"{url}:{tag}", digest, built=True)


def digest_of(deployment: Deployment, url: str, tag: str) -> str | None:
    """The digest of an image in the repository; None where it isn't there.

    Args:
        deployment: The environment.
        url: The repository's address.
        tag: The tag.
    """
    from botocore.exceptions import ClientError

    client = deployment.session.client("ecr")
    try:
        found = client.describe_images(repositoryName=url.partition("/")[2], imageIds=[{"imageTag": tag}])
    except ClientError as error:
        if is_missing(error):
            return None
        raise
    details = found["imageDetails"]
    return str(details[0]["imageDigest"]) if details else None


def _start(deployment: Deployment, source: ImageSource, tag: str) -> str:
    """Put the source into the artifact bucket and start a build of it; return the build's id."""
    from botocore.exceptions import ClientError

    bucket, key = str(deployment.outputs.artifact_bucket), image_source_key(source.digest)
    s3: Any = deployment.session.client("s3")
    try:
        s3.head_object(Bucket=bucket, Key=key)
    except ClientError as error:
        if not is_missing(error):
            raise
        s3.put_object(Bucket=bucket, Key=key, Body=source.content, ContentType="application/zip")
    client: Any = deployment.session.client("codebuild")
    try:
        started = client.start_build(
            projectName=deployment.outputs.image_build_project,
            sourceLocationOverride=f"{bucket}/{key}",
            environmentVariablesOverride=[{"name": TAG_VARIABLE, "value": tag, "type": "PLAINTEXT"}],
        )
    except ClientError as error:
        if error_code(error) == "AccountLimitExceededException":
            raise BuildFailedError(
                "As many images are being built as may be at once.", next_step="Run the same command again later."
            ) from error
        raise
    return str(started["build"]["id"])


def _follow(deployment: Deployment, build_id: str, say: Callable[[str], object]) -> str:
    """Follow a build to its end; return why it failed, empty where it succeeded."""
    client: Any = deployment.session.client("codebuild")
    log: Log | None = None
    try:
        while True:
            build = client.batch_get_builds(ids=[build_id])["builds"][0]
            logs = build.get("logs", {})
            if log is None and logs.get("groupName"):
                log = Log(deployment.session.client("logs"), logs["groupName"], logs["streamName"])
            for line in () if log is None else log.new_lines():
                say(line.message)
            if build["buildComplete"]:
                return _reason(build)
            time.sleep(POLL_SECONDS)
    except KeyboardInterrupt as interrupt:
        raise StillBuildingError(
            f"The build {build_id} goes on without being watched.", next_step="Run the same command again to go on."
        ) from interrupt


def _reason(build: dict[str, Any]) -> str:
    if build["buildStatus"] == "SUCCEEDED":
        return ""
    contexts = [context for phase in build.get("phases", []) for context in phase.get("contexts", [])]
    messages = [str(context["message"]) for context in contexts if context.get("message")]
    return messages[0] if messages else f"the build ended as {build['buildStatus']}"
