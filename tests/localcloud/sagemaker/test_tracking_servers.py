"""MLflow tracking servers: AWS's own plugin and plain `mlflow` on them, and who gets in."""

import contextlib
import json
import sqlite3
import urllib.error
import urllib.request

import botocore.exceptions
import pytest

NAME = "experiments"
READER = "reader"


@pytest.fixture(scope="module")
def arn(tracked):
    return tracked[1]


@pytest.fixture(scope="module")
def tracked(gateway, tmp_path_factory):
    """A tracking server of a cloud that this module has for itself: an MLflow takes seconds to start."""
    gateway.begin(tmp_path_factory.mktemp("tracking"))
    gateway.client("s3").create_bucket(Bucket="tracked")
    iam = gateway.client("iam")
    role = iam.create_role(RoleName="tracking", AssumeRolePolicyDocument=_trust("sagemaker.amazonaws.com"))["Role"]
    made = gateway.client("sagemaker").create_mlflow_tracking_server(
        TrackingServerName=NAME, ArtifactStoreUri="s3://tracked/mlflow", RoleArn=role["Arn"]
    )
    yield gateway, made["TrackingServerArn"]
    gateway.end()


@pytest.fixture
def sagemaker(tracked):
    return tracked[0].client("sagemaker")


@pytest.fixture
def role(sagemaker):
    return sagemaker.describe_mlflow_tracking_server(TrackingServerName=NAME)["RoleArn"]


@pytest.fixture
def mlflow(tracked, arn, monkeypatch):
    import mlflow

    gateway, _ = tracked
    _credentials(gateway, monkeypatch)
    mlflow.set_tracking_uri(arn)
    yield mlflow
    mlflow.set_tracking_uri(None)


def _credentials(gateway, monkeypatch, keys=None):
    client = gateway.client("sts")
    found = client._request_signer._credentials
    monkeypatch.setenv("AWS_ENDPOINT_URL", client.meta.endpoint_url)
    monkeypatch.setenv("SAGEMAKER_MLFLOW_CUSTOM_ENDPOINT", client.meta.endpoint_url)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", keys["AccessKeyId"] if keys else found.access_key)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", keys["SecretAccessKey"] if keys else found.secret_key)
    if keys:
        monkeypatch.setenv("AWS_SESSION_TOKEN", keys["SessionToken"])
    else:
        monkeypatch.delenv("AWS_SESSION_TOKEN", raising=False)


def _trust(service=None):
    principal = {"Service": service} if service else {"AWS": "000000000000"}
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def test_runs_are_recorded_by_the_plugin_of_aws(mlflow, tracked, tmp_path) -> None:
    gateway, _ = tracked
    mlflow.set_experiment("weather")
    (tmp_path / "report.txt").write_text("fine")
    with mlflow.start_run() as run:
        mlflow.log_param("max_depth", 6)
        mlflow.log_metric("accuracy", 0.9)
        mlflow.log_artifact(tmp_path / "report.txt")
    found = mlflow.get_run(run.info.run_id)
    assert found.data.params == {"max_depth": "6"}
    assert found.data.metrics == {"accuracy": 0.9}
    listed = gateway.client("s3").list_objects_v2(Bucket="tracked", Prefix="mlflow/")["Contents"]
    assert [each["Key"].rpartition("/")[2] for each in listed] == ["report.txt"]


def test_nobody_gets_in_unsigned(tracked, arn) -> None:
    gateway, _ = tracked
    url = f"{gateway.client('sts').meta.endpoint_url}/api/2.0/mlflow/experiments/search?max_results=1"
    request = urllib.request.Request(url, headers={"x-mlflow-sm-tracking-server-arn": arn})
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request)
    assert refused.value.code == 403


def test_a_role_may_do_what_its_policy_allows_and_nothing_else(mlflow, tracked, arn, monkeypatch) -> None:
    gateway, _ = tracked
    mlflow.set_experiment("weather")
    iam = gateway.client("iam")
    role = iam.create_role(RoleName=READER, AssumeRolePolicyDocument=_trust())["Role"]["Arn"]
    allowed = {"Effect": "Allow", "Action": ["sagemaker-mlflow:GetExperimentByName"], "Resource": arn}
    document = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
    iam.put_role_policy(RoleName=READER, PolicyName="reads", PolicyDocument=document)
    session = gateway.client("sts").assume_role(RoleArn=role, RoleSessionName="test")
    _credentials(gateway, monkeypatch, session["Credentials"])
    assert mlflow.get_experiment_by_name("weather") is not None
    with pytest.raises(Exception, match="sagemaker-mlflow:CreateExperiment"):
        mlflow.create_experiment("other")


def test_an_address_opens_the_pages_once(tracked) -> None:
    gateway, _ = tracked
    sagemaker = gateway.client("sagemaker")
    address = sagemaker.create_presigned_mlflow_tracking_server_url(TrackingServerName=NAME)["AuthorizedUrl"]
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    assert b"MLflow" in browser.open(address).read()
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(address)
    assert refused.value.code == 403


def test_a_stopped_server_answers_no_more_and_remembers(mlflow, tracked) -> None:
    gateway, _ = tracked
    sagemaker = gateway.client("sagemaker")
    mlflow.set_experiment("kept")
    sagemaker.stop_mlflow_tracking_server(TrackingServerName=NAME)
    described = sagemaker.describe_mlflow_tracking_server(TrackingServerName=NAME)
    assert (described["TrackingServerStatus"], described["IsActive"]) == ("Stopped", "Inactive")
    with pytest.raises(Exception, match="is stopped"):
        mlflow.get_experiment_by_name("kept")
    # What the next process of it will read; another start takes seconds.
    (database,) = gateway.home.local.rglob(f"{NAME}/tracking.db")
    with contextlib.closing(sqlite3.connect(database)) as kept:
        assert kept.execute("SELECT count(*) FROM experiments WHERE name = 'kept'").fetchone() == (1,)
    sagemaker.start_mlflow_tracking_server(TrackingServerName=NAME)
    assert sagemaker.describe_mlflow_tracking_server(TrackingServerName=NAME)["IsActive"] == "Active"


def test_settings_are_told_listed_changed_and_deleted(sagemaker, role) -> None:
    request = {"ArtifactStoreUri": "s3://somewhere/mlflow", "RoleArn": role, "Tags": [{"Key": "a", "Value": "1"}]}
    made = sagemaker.create_mlflow_tracking_server(TrackingServerName="other", **request)
    with pytest.raises(botocore.exceptions.ClientError, match="already exists"):
        sagemaker.create_mlflow_tracking_server(TrackingServerName="other", **request)
    sagemaker.update_mlflow_tracking_server(TrackingServerName="other", TrackingServerSize="Medium")
    described = sagemaker.describe_mlflow_tracking_server(TrackingServerName="other")
    assert (described["TrackingServerSize"], described["TrackingServerStatus"]) == ("Medium", "Updated")
    assert sagemaker.list_tags(ResourceArn=made["TrackingServerArn"])["Tags"] == request["Tags"]
    listed = sagemaker.list_mlflow_tracking_servers()["TrackingServerSummaries"]
    assert {each["TrackingServerName"] for each in listed} == {"other", NAME}
    sagemaker.delete_mlflow_tracking_server(TrackingServerName="other")
    with pytest.raises(botocore.exceptions.ClientError, match="ResourceNotFound"):
        sagemaker.describe_mlflow_tracking_server(TrackingServerName="other")


def test_what_the_local_cloud_lacks_is_refused_by_name(sagemaker, role) -> None:
    with pytest.raises(botocore.exceptions.ClientError, match="does not support AutomaticModelRegistration"):
        sagemaker.create_mlflow_tracking_server(
            TrackingServerName="registering",
            ArtifactStoreUri="s3://somewhere/mlflow",
            RoleArn=role,
            AutomaticModelRegistration=True,
        )
