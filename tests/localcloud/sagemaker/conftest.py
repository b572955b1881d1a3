import importlib.util
import json
import sys
import uuid
from pathlib import Path

import pytest

_HERE = Path(__file__).parent


def _load(name):
    # The tests are no package (--import-mode=importlib); what they share is loaded by its path.
    specification = importlib.util.spec_from_file_location(f"sagemaker_{name}", _HERE / f"{name}.py")
    module = importlib.util.module_from_spec(specification)
    sys.modules[f"sagemaker_{name}"] = module
    specification.loader.exec_module(module)
    return module


clouds = _load("clouds")


@pytest.fixture(scope="session")
def environments(tmp_path_factory):
    """Python environments of jobs, made once a test run."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="session")
def gateway(tmp_path_factory):
    gateway = clouds.Cloud(tmp_path_factory.mktemp("gateway"))
    yield gateway
    gateway.close()


@pytest.fixture
def cloud(gateway, tmp_path, environments, monkeypatch):
    monkeypatch.setenv("MLSTACK_CACHE", str(environments))
    gateway.begin(tmp_path / "home")
    yield gateway
    gateway.end()


@pytest.fixture
def sagemaker(cloud):
    return cloud.client("sagemaker")


@pytest.fixture
def s3(cloud):
    return cloud.client("s3")


@pytest.fixture
def bucket(s3):
    name = f"sagemaker-{uuid.uuid4()}"
    s3.create_bucket(Bucket=name)
    return name


@pytest.fixture(scope="session")
def role(gateway):
    """A role that may do anything, which SageMaker may assume."""
    return _made_role(gateway)


@pytest.fixture
def make_role():
    """Makes that role in another local cloud, by a client factory of it."""
    return _made_role


def _made_role(cloud):
    iam = cloud.client("iam")
    trust = {"Effect": "Allow", "Principal": {"Service": "sagemaker.amazonaws.com"}, "Action": "sts:AssumeRole"}
    anything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    made = iam.create_role(RoleName="weather-training", AssumeRolePolicyDocument=_policy(trust))
    iam.put_role_policy(RoleName="weather-training", PolicyName="anything", PolicyDocument=_policy(anything))
    return made["Role"]["Arn"]


def _policy(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


@pytest.fixture
def jobs():
    """What tests of jobs share."""
    return _load("jobs")


@pytest.fixture
def weather(cloud, bucket, role, jobs):
    """An endpoint of tests, and all that it is made of."""
    return _load("weather").Weather(cloud, bucket, role, jobs)


@pytest.fixture
def kinds(cloud, bucket, role, jobs):
    """Endpoints of other kinds than real-time ones."""
    return _load("serving_kinds").Kinds(cloud, bucket, role, jobs)


@pytest.fixture
def submit(sagemaker, s3, bucket, role, jobs):
    """Starts a training job that runs a script."""

    def submit(script, name="job", files=None, **changes):
        code = jobs.archive({"train.py": script, "helper.py": "VALUE = 7\n", **(files or {})})
        s3.put_object(Bucket=bucket, Key="code/sourcedir.tar.gz", Body=code)
        return sagemaker.create_training_job(**jobs.training_request(bucket, role, name, **changes))

    return submit
