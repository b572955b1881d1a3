"""Images are built once for each content, with ECR and S3 as moto has them, and a CodeBuild that pushes or fails."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import boto3
import pytest
from mlstack.images import build
from mlstack.images.build import BuildFailedError, StillBuildingError, chosen_images, ensure, repository_of
from mlstack.images.show import listed
from mlstack_components.aws.image_source import image_source
from mlstack_components.errors import MlstackError, UserError
from moto import mock_aws

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mlstack.cloud.deployment import Deployment

MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"


class Builds:
    """CodeBuild: a build takes two looks, and then has pushed its image, or not."""

    def __init__(self, session: boto3.Session) -> None:
        self._session = session
        self.started: list[dict[str, Any]] = []
        self.fails = self.interrupts = False
        self._looks = 0

    def start_build(self, **request: Any) -> dict[str, Any]:
        self.started.append(request)
        return {"build": {"id": "churn-images:1"}}

    def batch_get_builds(self, ids: list[str]) -> dict[str, Any]:
        if self.interrupts:
            raise KeyboardInterrupt
        self._looks += 1
        if self._looks % 2:
            return {"builds": [{"buildComplete": False, "phases": []}]}
        if self.fails:
            contexts = [{"message": "COMMAND_EXECUTION_ERROR Message: build failed. Reason: exit status 1"}]
            return {"builds": [{"buildComplete": True, "buildStatus": "FAILED", "phases": [{"contexts": contexts}]}]}
        (tag,) = [each["value"] for each in self.started[-1]["environmentVariablesOverride"]]
        push(self._session, tag)
        return {"builds": [{"buildComplete": True, "buildStatus": "SUCCEEDED", "phases": []}]}


def push(session: boto3.Session, tag: str) -> None:
    manifest = {"schemaVersion": 2, "mediaType": MANIFEST, "config": {"size": 1}, "layers": [{"digest": tag}]}
    session.client("ecr").put_image(repositoryName="churn", imageManifest=json.dumps(manifest), imageTag=tag)


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> Iterator[boto3.Session]:
    for name in ("AWS_PROFILE", "AWS_ENDPOINT_URL", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(build, "POLL_SECONDS", 0)
    with mock_aws():
        made = boto3.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name="us-east-1")
        made.client("s3").create_bucket(Bucket="artifacts")
        made.client("ecr").create_repository(repositoryName="churn")
        yield made


@pytest.fixture
def builds(session: boto3.Session) -> Builds:
    return Builds(session)


@pytest.fixture
def deployment(session: boto3.Session, builds: Builds, tmp_path: Path) -> Deployment:
    (tmp_path / "Dockerfile").write_text("FROM python:3.12-slim\n")
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "train.py").write_text("print()\n")
    image = SimpleNamespace(dockerfile="Dockerfile", context="app")
    clients = SimpleNamespace(client=lambda name: builds if name == "codebuild" else session.client(name))
    outputs = SimpleNamespace(
        artifact_bucket="artifacts",
        image_build_project="churn-images",
        image_build_repository_url="123456789012.dkr.ecr.us-east-1.amazonaws.com/churn",
    )
    spec = SimpleNamespace(images={"model": image}, root=tmp_path, is_local=False)
    found = SimpleNamespace(environment="dev", spec=spec, outputs=outputs, session=clients)
    return cast("Deployment", found)


def source(deployment: Deployment) -> Any:
    return image_source(deployment.spec.root / "Dockerfile", deployment.spec.root / "app")


def test_a_build_gets_its_source_and_its_tag(deployment: Deployment, builds: Builds, session: boto3.Session) -> None:
    said: list[str] = []
    built = ensure(deployment, "model", said.append)
    packed = source(deployment)
    assert built.built
    assert built.uri == f"123456789012.dkr.ecr.us-east-1.amazonaws.com/churn:{packed.tag('model')}"
    assert said == [f"Building the image model ({packed.tag('model')})."]
    assert builds.started == [
        {
            "projectName": "churn-images",
            "sourceLocationOverride": f"artifacts/builds/images/{packed.digest}.zip",
            "environmentVariablesOverride": [{"name": "IMAGE_TAG", "value": packed.tag("model"), "type": "PLAINTEXT"}],
        }
    ]
    stored = session.client("s3").get_object(Bucket="artifacts", Key=f"builds/images/{packed.digest}.zip")
    assert stored["Body"].read() == packed.content


def test_what_is_there_is_not_built_again_until_it_changes(deployment: Deployment, builds: Builds) -> None:
    first = ensure(deployment, "model", str)
    again = ensure(deployment, "model", str)
    assert (again.built, again.uri, again.digest) == (False, first.uri, first.digest)
    (deployment.spec.root / "app" / "train.py").write_text("print('more')\n")
    assert ensure(deployment, "model", str).uri != first.uri
    assert len(builds.started) == 2


def test_a_build_that_failed_says_why(deployment: Deployment, builds: Builds) -> None:
    builds.fails = True
    with pytest.raises(BuildFailedError, match="exit status 1") as caught:
        ensure(deployment, "model", str)
    assert "Correct the Dockerfile" in str(caught.value.next_step)


def test_an_image_that_somebody_else_has_pushed_meanwhile_is_there(
    deployment: Deployment, builds: Builds, session: boto3.Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    builds.fails = True
    begin = builds.start_build

    def start(**request: Any) -> dict[str, Any]:
        push(session, source(deployment).tag("model"))
        return begin(**request)

    monkeypatch.setattr(builds, "start_build", start)
    assert ensure(deployment, "model", str).digest.startswith("sha256:")


def test_the_local_cloud_builds_none_and_says_so_before_it_starts(deployment: Deployment, builds: Builds) -> None:
    cast("Any", deployment.spec).is_local = True
    with pytest.raises(BuildFailedError, match="no Docker"):
        ensure(deployment, "model", str)
    assert builds.started == []


def test_an_interrupted_build_goes_on(deployment: Deployment, builds: Builds) -> None:
    builds.interrupts = True
    with pytest.raises(StillBuildingError, match="goes on"):
        ensure(deployment, "model", str)


def test_images_are_listed_with_the_one_that_is_current(deployment: Deployment, session: boto3.Session) -> None:
    push(session, "model-0000000000000000")
    push(session, "somebody-elses")
    built = ensure(deployment, "model", str)
    found = {each.uri: each.current for each in listed(deployment, repository_of(deployment))}
    assert found == {built.uri: True, f"{repository_of(deployment)}:model-0000000000000000": False}


def test_only_images_of_the_project_are_built(deployment: Deployment) -> None:
    assert chosen_images(deployment, []) == ["model"]
    with pytest.raises(UserError, match="no image `modell`"):
        chosen_images(deployment, ["modell"])


def test_an_environment_that_came_up_before_says_what_to_do(deployment: Deployment) -> None:
    cast("Any", deployment.outputs).image_build_project = None
    with pytest.raises(MlstackError) as caught:
        repository_of(deployment)
    assert "mlstack up dev" in str(caught.value.next_step)
