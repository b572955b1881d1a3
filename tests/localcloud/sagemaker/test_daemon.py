"""SageMaker in the real daemon: what a `kill -9` leaves, who hears of events, and what other clients see."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import boto3
import botocore.session
import psutil
import pytest
from botocore.config import Config
from botocore.exceptions import EndpointConnectionError
from mlstack_localcloud import control

SERVE = (
    "def model_fn(d): return open(d + '/answer.txt').read()\n"
    "def input_fn(b, c): return b\n"
    "def predict_fn(d, m): return m + d\n"
    "def output_fn(p, a): return p, 'text/plain'\n"
)


def session_of(home):
    variables = control.client_environment(home)
    session = botocore.session.Session()
    session.set_config_variable("config_file", variables["AWS_CONFIG_FILE"])
    session.set_config_variable("credentials_file", variables["AWS_SHARED_CREDENTIALS_FILE"])
    return boto3.Session(botocore_session=session, region_name="us-east-1")


@pytest.fixture
def home(tmp_path):
    home = tmp_path / "mlstack"
    yield home
    control.stop(home)


@pytest.fixture
def session(home):
    control.start(home)
    return session_of(home)


@pytest.fixture
def role(session, make_role):
    return make_role(session)


@pytest.fixture
def served(session, role, jobs):
    s3, sagemaker = session.client("s3"), session.client("sagemaker")
    s3.create_bucket(Bucket="models")
    s3.put_object(
        Bucket="models",
        Key="model.tar.gz",
        Body=jobs.archive({"answer.txt": "sun after ", "code/serve.py": SERVE}),
    )
    sagemaker.create_model(
        ModelName="weather",
        ExecutionRoleArn=role,
        PrimaryContainer={
            "Image": jobs.IMAGE,
            "ModelDataUrl": "s3://models/model.tar.gz",
            "Environment": {"SAGEMAKER_PROGRAM": "serve.py"},
        },
    )
    variant = {"VariantName": "main", "ModelName": "weather", "InstanceType": "ml.m5.large", "InitialInstanceCount": 1}
    sagemaker.create_endpoint_config(EndpointConfigName="weather", ProductionVariants=[variant])
    sagemaker.create_endpoint(EndpointName="weather", EndpointConfigName="weather")
    jobs.until(lambda: sagemaker.describe_endpoint(EndpointName="weather"), "EndpointStatus", {"InService"})
    return sagemaker


def lives(process):
    with contextlib.suppress(psutil.NoSuchProcess):
        return process.status() != psutil.STATUS_ZOMBIE
    return False


def gone(processes, seconds=10):
    deadline = time.monotonic() + seconds
    while any(lives(process) for process in processes) and time.monotonic() < deadline:
        time.sleep(0.05)
    return not any(lives(process) for process in processes)


def test_a_killed_daemon_leaves_no_process_and_comes_back_with_everything(home, session, served, role, jobs):
    runtime = session.client("sagemaker-runtime")
    code = jobs.archive({"train.py": "import subprocess\nsubprocess.run(['sleep', '300'])"})
    session.client("s3").put_object(Bucket="models", Key="code/sourcedir.tar.gz", Body=code)
    served.create_training_job(**jobs.training_request("models", role))
    jobs.until(lambda: served.describe_training_job(TrainingJobName="job"), "SecondaryStatus", {"Training"})
    time.sleep(0.5)
    daemon = psutil.Process(control.status(home).pid)
    children = daemon.children(recursive=True)
    commands = " ".join(" ".join(child.cmdline()) for child in children)
    assert "serve.py" in commands
    assert "sleep 300" in commands
    os.kill(daemon.pid, signal.SIGKILL)
    assert gone(children)
    control.start(home)
    answer = runtime.invoke_endpoint(EndpointName="weather", Body=b"rain", ContentType="text/plain")
    assert answer["Body"].read() == b"sun after rain"
    assert served.describe_endpoint(EndpointName="weather")["EndpointStatus"] == "InService"
    job = served.describe_training_job(TrainingJobName="job")
    assert (job["TrainingJobStatus"], "local cloud ended" in job["FailureReason"]) == ("Failed", True)


def test_records_of_features_outlive_a_kill(home, session, role, jobs):
    sagemaker, runtime, s3 = (session.client(name) for name in ("sagemaker", "sagemaker-featurestore-runtime", "s3"))
    s3.create_bucket(Bucket="features")
    sagemaker.create_feature_group(
        FeatureGroupName="weather",
        RecordIdentifierFeatureName="city",
        EventTimeFeatureName="time",
        FeatureDefinitions=[{"FeatureName": name, "FeatureType": "String"} for name in ("city", "time")],
        OnlineStoreConfig={"EnableOnlineStore": True},
        OfflineStoreConfig={"S3StorageConfig": {"S3Uri": "s3://features/f"}, "DisableGlueTableCreation": True},
        RoleArn=role,
    )
    jobs.until(lambda: sagemaker.describe_feature_group(FeatureGroupName="weather"), "FeatureGroupStatus", {"Created"})
    values = {"city": "x", "time": "2026-03-01T00:00:00Z"}
    record = [{"FeatureName": name, "ValueAsString": value} for name, value in values.items()]
    runtime.put_record(FeatureGroupName="weather", Record=record)
    os.kill(control.status(home).pid, signal.SIGKILL)
    control.start(home)
    assert runtime.get_record(FeatureGroupName="weather", RecordIdentifierValueAsString="x")["Record"] == record
    deadline = time.monotonic() + 15
    while not s3.list_objects_v2(Bucket="features").get("KeyCount"):
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_clients_notice_a_restart_by_a_delay_alone(home, session, served):
    runtime = session.client("sagemaker-runtime", config=Config(retries={"max_attempts": 10, "mode": "standard"}))
    answers, failures, done = [], [], threading.Event()

    def ask():
        while not done.is_set():
            try:
                answer = runtime.invoke_endpoint(EndpointName="weather", Body=b"rain", ContentType="text/plain")
                answers.append(answer["Body"].read())
            except EndpointConnectionError:
                time.sleep(0.05)  # Nobody listens while no daemon runs.
            except Exception as error:
                failures.append(error)

    client = threading.Thread(target=ask)
    client.start()
    time.sleep(0.5)
    before = len(answers)
    control.stop(home)
    control.start(home)
    time.sleep(1)
    done.set()
    client.join()
    assert failures == []
    assert 0 < before < len(answers)
    assert set(answers) == {b"sun after rain"}


def test_a_rule_hears_of_an_endpoint(session, served, jobs):
    sqs, events = session.client("sqs"), session.client("events")
    queue = sqs.create_queue(QueueName="heard")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    principal = {"Service": "events.amazonaws.com"}
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sqs:SendMessage", "Resource": arn}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"Policy": policy})
    pattern = {
        "source": ["aws.sagemaker"],
        "detail-type": ["SageMaker Endpoint State Change"],
        "detail": {"EndpointStatus": ["DELETING"]},
    }
    events.put_rule(Name="endpoints", EventPattern=json.dumps(pattern))
    events.put_targets(Rule="endpoints", Targets=[{"Id": "queue", "Arn": arn}])
    served.delete_endpoint(EndpointName="weather")
    messages = jobs.until(
        lambda: {"found": bool(m := sqs.receive_message(QueueUrl=queue).get("Messages")), "messages": m},
        "found",
        {True},
    )["messages"]
    event = json.loads(messages[0]["Body"])
    assert event["detail"]["EndpointName"] == "weather"
    assert event["detail-type"] == "SageMaker Endpoint State Change"


def test_the_command_line_of_aws_invokes_the_endpoint(home, served, tmp_path):
    variables = {name: value for name, value in control.client_environment(home).items() if value is not None}
    answer = tmp_path / "answer.txt"
    command = [str(Path(sys.executable).parent / "aws"), "sagemaker-runtime", "invoke-endpoint"]
    arguments = ["--endpoint-name", "weather", "--body", "rain", "--content-type", "text/plain", str(answer)]
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), **variables}
    done = subprocess.run([*command, *arguments], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert answer.read_text() == "sun after rain"
    assert json.loads(done.stdout)["InvokedProductionVariant"] == "main"
