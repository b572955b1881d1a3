"""Images that a project builds itself: how steps and serving name them, and what the pipeline takes of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from mlstack_components.aws.pipeline_expressions import get
from mlstack_components.errors import SpecError
from mlstack_stacks.own_images import bases, image_parameters
from mlstack_stacks.pipeline_steps import images, pipeline_steps
from mlstack_stacks.plan.checks import local_image
from mlstack_stacks.spec import load

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

OWN = """\
name: churn
images:
  model: {dockerfile: docker/Dockerfile, context: docker}
  server: {dockerfile: docker/Dockerfile, context: docker}
steps:
  prepare: {entry_point: src/prepare.py}
  train: {image: model}
registry: {}
serving: {kind: realtime, image: server}
environments:
  dev: {account: "111111111111", region: eu-west-1}
"""


def problems(file: Path) -> dict[str, tuple[int, str]]:
    with pytest.raises(SpecError) as caught:
        load(file, "dev")
    return {each.key: (each.line, f"{each.message} {each.suggestion}") for each in caught.value.problems}


def test_the_pipeline_takes_each_image_as_a_parameter(write_project: Callable[..., Path]) -> None:
    spec = load(write_project(OWN), "dev")
    assert spec.steps is not None
    assert image_parameters(spec) == {"TrainImageUri": "model", "ServeImageUri": "server"}
    steps = pipeline_steps(spec, spec.steps, "churn")
    assert steps.prepare is not None
    assert steps.register is not None
    train, serve = get("Parameters.TrainImageUri"), get("Parameters.ServeImageUri")
    assert (steps.prepare.image_uri, steps.train.image_uri, steps.register.image_uri) == (train, train, serve)
    assert images(spec, spec.steps).addresses == ()


def test_the_image_of_training_serves_by_default(write_project: Callable[..., Path]) -> None:
    spec = load(write_project(OWN.replace(", image: server", "")), "dev")
    assert spec.steps is not None
    assert image_parameters(spec) == {"TrainImageUri": "model"}
    assert images(spec, spec.steps).serve == get("Parameters.TrainImageUri")


def test_another_image_may_serve_what_a_framework_has_trained(write_project: Callable[..., Path]) -> None:
    text = OWN.replace("{image: model}", "{entry_point: src/train.py, framework: sklearn}")
    spec = load(write_project(text), "dev")
    assert spec.steps is not None
    assert image_parameters(spec) == {"ServeImageUri": "server"}
    assert "scikit-learn" in str(images(spec, spec.steps).train)


def test_an_image_that_is_not_there_is_told_where_it_is_named(write_project: Callable[..., Path]) -> None:
    file = write_project(OWN.replace("{image: model}", "{image: modell}").replace("image: server", "image: other"))
    found = problems(file)
    assert found["steps.train.image"] == (
        7,
        'names the image "modell", and `images` has none of that name. Did you mean "model"?',
    )
    assert found["serving.image"][0] == 9
    assert "images: {other:" in found["serving.image"][1]


def test_dockerfile_and_context_must_be_there(write_project: Callable[..., Path]) -> None:
    text = OWN.replace("model: {dockerfile: docker/Dockerfile", "model: {dockerfile: docker/Dockerfil")
    text = text.replace("server: {dockerfile: docker/Dockerfile, context: docker", "server: {context: doker")
    found = problems(write_project(text))
    assert found["images.model.dockerfile"][0] == 3
    assert 'Did you mean "Dockerfile"?' in found["images.model.dockerfile"][1]
    assert "is not a folder of the project" in found["images.server.context"][1]


def test_an_arm_machine_serves_no_image_for_intel(write_project: Callable[..., Path]) -> None:
    found = problems(write_project(OWN.replace("image: server", "image: server, instance_type: ml.c7g.large")))
    assert "the image server is built for x86-64" in found["serving.instance_type"][1]


def test_base_images_in_registries_of_others_may_be_pulled(write_project: Callable[..., Path], tmp_path: Path) -> None:
    file = write_project(OWN)
    registry = "763104351884.dkr.ecr.eu-west-1.amazonaws.com"
    (tmp_path / "docker" / "Dockerfile").write_text(f"FROM {registry}/pytorch-training:2.6\n")
    arn = "arn:aws:ecr:eu-west-1:763104351884:repository/pytorch-training"
    assert bases(load(file, "dev")) == ((arn,), (registry,))


def test_a_script_that_serves_is_needed_only_where_it_is_named(
    write_project: Callable[..., Path], tmp_path: Path
) -> None:
    file = write_project(OWN)
    (tmp_path / "src" / "serve.py").unlink()
    spec = load(file, "dev")
    assert spec.steps is not None
    register = pipeline_steps(spec, spec.steps, "churn").register
    assert register is not None
    assert register.entry_point is None
    text = OWN.replace("image: server", "image: server, entry_point: src/serve.py")
    file.write_text(text)
    assert "is not there" in problems(file)["serving.entry_point"][1]


def test_the_plan_warns_where_the_local_cloud_would_have_to_build(write_project: Callable[..., Path]) -> None:
    file = write_project(OWN)
    (warning,) = local_image.check(load(file, "local"))
    assert "can't build the image model" in warning.message
    assert list(local_image.check(load(file, "dev"))) == []
