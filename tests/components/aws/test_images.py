from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.resources import files

import pytest
from mlstack_components.aws.images import framework_image, framework_versions, repository_arn
from mlstack_components.errors import UserError

DATA = json.loads(files("mlstack_components.aws").joinpath("images.json").read_text())
ORACLE = """
import functools, json, sys
from botocore.loaders import JSONFileLoader
# The SDK reads a megabyte of botocore's endpoints anew for each address.
read = functools.cache(JSONFileLoader().load_file)
JSONFileLoader.load_file = lambda self, path: read(path)
from sagemaker.core import image_uris
wanted = json.load(sys.stdin)
json.dump(
    [
        image_uris.retrieve(name, region, version=version, image_scope=scope, instance_type=instance_type)
        for name, version, region, instance_type, scope in wanted
    ],
    sys.stdout,
)
"""


def test_addresses_are_those_of_the_sagemaker_sdk(tmp_path):
    """The oracle: every framework, version and region, for training and for inference."""
    wanted = [
        (name, version, region, instance_type, scope)
        for name, data in DATA.items()
        for version in data["versions"]
        for region in data["registries"]
        for processor, instance_type in (("cpu", "ml.m5.large"), ("gpu", "ml.g5.xlarge"), ("gpu", "ml.p3.2xlarge"))
        if processor in data["processors"]
        for scope in ("training", "inference")
    ]
    run = subprocess.run(
        [sys.executable, "-c", ORACLE],
        input=json.dumps(wanted),
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
        env={**os.environ, "HOME": str(tmp_path), "AWS_DEFAULT_REGION": "us-east-1"},
    )
    expected = json.loads(run.stdout[run.stdout.index("[") :])
    assert [framework_image(*each).uri for each in wanted] == expected


@pytest.mark.parametrize("framework", DATA)
def test_the_default_is_the_newest_that_is_known(framework):
    assert framework_image(framework, None, "us-east-1").version == framework_versions(framework)[-1]


@pytest.mark.parametrize(
    ("instance_type", "scope", "name"),
    [
        ("ml.c5.xlarge", "training", "pytorch-training:2.6.0-cpu-py312"),
        ("ml.g5.xlarge", "training", "pytorch-training:2.6.0-gpu-py312"),
        ("ml.p4d.24xlarge", "inference", "pytorch-inference:2.6.0-gpu-py312"),
    ],
)
def test_an_instance_with_a_graphics_processor_gets_the_image_for_one(instance_type, scope, name):
    uri = framework_image("pytorch", None, "eu-west-1", instance_type, scope).uri
    assert uri == f"763104351884.dkr.ecr.eu-west-1.amazonaws.com/{name}"


def test_a_framework_without_such_an_image_has_one_for_all():
    plain, graphics = (framework_image("sklearn", None, "eu-west-1", each) for each in ("ml.m5.large", "ml.g5.xlarge"))
    assert plain.uri == graphics.uri


@pytest.mark.parametrize("framework", DATA)
def test_an_accelerator_of_aws_needs_images_that_are_not_known_here(framework):
    with pytest.raises(UserError, match=r"don't run on ml\.trn1\.2xlarge"):
        framework_image(framework, None, "us-east-1", "ml.trn1.2xlarge")


def test_an_image_tells_what_it_holds():
    image = framework_image("sklearn", "1.9-0", "us-east-1")
    assert image.uri == "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.9-0-cpu-py3"
    assert image.python_version == "3.12"
    assert image.packages["scikit-learn"] == "1.9.0"


def test_every_framework_names_its_sources():
    assert all(data["sources"] for data in DATA.values())


@pytest.mark.parametrize(
    ("framework", "version", "region", "message"),
    [
        ("sklaern", None, "eu-west-1", "There is no framework sklaern. Did you mean sklearn?"),
        ("sklearn", "1.2-2", "eu-west-1", "AWS has no sklearn image 1.2-2. Did you mean 1.2-1?"),
        ("sklearn", "banana", "eu-west-1", "AWS has no sklearn image banana. Choose one of 1.2-1, "),
        ("sklearn", None, "mars-north-1", "AWS has no sklearn image in mars-north-1. Choose one of "),
    ],
)
def test_what_is_unknown_is_named_with_a_way_out(framework, version, region, message):
    with pytest.raises(UserError) as caught:
        framework_image(framework, version, region)
    assert str(caught.value).startswith(message)


def test_versions_of_an_unknown_framework():
    with pytest.raises(UserError, match="There is no framework torch"):
        framework_versions("torch")


@pytest.mark.parametrize(
    ("uri", "arn"),
    [
        (
            "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.9-0-cpu-py3",
            "arn:aws:ecr:us-east-1:683313688378:repository/sagemaker-scikit-learn",
        ),
        (
            "450853457545.dkr.ecr.cn-north-1.amazonaws.com.cn/team/image@sha256:00",
            "arn:aws-cn:ecr:cn-north-1:450853457545:repository/team/image",
        ),
        ("public.ecr.aws/docker/library/python:3.12", None),
        ("python:3.12", None),
    ],
)
def test_the_repository_of_an_image(uri, arn):
    assert repository_arn(uri) == arn
