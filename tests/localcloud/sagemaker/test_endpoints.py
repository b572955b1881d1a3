"""Endpoints: models really serve, are exchanged without a failed call, and come back after a restart."""
# ruff: noqa: PLR0917 - fixtures are arguments

import json
import threading
import time

import pytest
from botocore.exceptions import ClientError

SERVE = """
import json, os, time
def model_fn(model_dir):
    print("loading")
    return open(os.path.join(model_dir, "answer.txt")).read()
def input_fn(body, content_type):
    if content_type not in ("application/json", "text/csv"):
        raise ValueError("cannot read " + content_type)
    return body
def predict_fn(data, model):
    if "crash" in data:
        os._exit(3)
    if "slow" in data:
        time.sleep(1.5)
    return {"model": model, "data": data, "pid": os.getpid(), "token": os.environ.get("MLSTACK_SERVE_TOKEN")}
def output_fn(prediction, accept):
    return json.dumps(prediction), "application/json"
"""


@pytest.fixture
def runtime(cloud):
    return cloud.client("sagemaker-runtime")


@pytest.fixture
def config(sagemaker, s3, bucket, role, jobs):
    """Make a model and a configuration of one name; return the name."""

    def make(name, answer="sun", script=SERVE, instances=1, archive=None, **container):
        files = {"answer.txt": answer, "code/serve.py": script}
        s3.put_object(Bucket=bucket, Key=f"{name}/model.tar.gz", Body=archive or jobs.archive(files))
        sagemaker.create_model(
            ModelName=name,
            ExecutionRoleArn=role,
            PrimaryContainer={
                "Image": jobs.IMAGE,
                "ModelDataUrl": f"s3://{bucket}/{name}/model.tar.gz",
                "Environment": {
                    "SAGEMAKER_PROGRAM": "serve.py",
                    "SAGEMAKER_SUBMIT_DIRECTORY": "/opt/ml/model/code",
                    **container.pop("Environment", {}),
                },
            },
        )
        variant = {"VariantName": "main", "ModelName": name, "InstanceType": "ml.m5.large"}
        sagemaker.create_endpoint_config(
            EndpointConfigName=name, ProductionVariants=[{**variant, "InitialInstanceCount": instances}]
        )
        return name

    return make


@pytest.fixture
def status(sagemaker, jobs):
    def wait(*wanted, seconds=30):
        return jobs.until(
            lambda: sagemaker.describe_endpoint(EndpointName="weather"), "EndpointStatus", set(wanted), seconds
        )

    return wait


@pytest.fixture
def call(runtime):
    def call(body="[1]", content_type="application/json", **more):
        answer = runtime.invoke_endpoint(EndpointName="weather", Body=body, ContentType=content_type, **more)
        assert answer["InvokedProductionVariant"] == "main"
        return json.loads(answer["Body"].read())

    return call


@pytest.fixture
def endpoint(sagemaker, config, status):
    sagemaker.create_endpoint(EndpointName="weather", EndpointConfigName=config("one"))
    status("InService", "Failed")
    return "weather"


def test_a_model_answers(cloud, sagemaker, endpoint, call, jobs):
    described = sagemaker.describe_endpoint(EndpointName=endpoint)
    assert described["EndpointStatus"] == "InService", described.get("FailureReason")
    assert described["ProductionVariants"][0]["CurrentInstanceCount"] == 1
    answer = call("1,2", "text/csv")
    assert (answer["model"], answer["data"]) == ("sun", "1,2")
    assert answer["token"] is None
    events = [e["detail"]["EndpointStatus"] for e in cloud.events.of("SageMaker Endpoint State Change")]
    assert events == ["CREATING", "IN_SERVICE"]
    jobs.until(
        lambda: {"lines": jobs.log_lines(cloud, "/aws/sagemaker/Endpoints/weather", "main/i-")},
        "lines",
        (["loading"],),
    )


def test_an_error_of_the_model_is_told_as_such(endpoint, runtime):
    with pytest.raises(ClientError) as caught:
        runtime.invoke_endpoint(EndpointName="weather", Body=b"x", ContentType="image/png")
    response = caught.value.response
    assert response["Error"]["Code"] == "ModelError"
    assert (
        'Received server error (500) from primary with message "ValueError: cannot read image/png"'
        in (response["Error"]["Message"])
    )
    assert response["OriginalStatusCode"] == 500


def test_an_endpoint_that_is_not_there_is_not_found(runtime):
    with pytest.raises(ClientError, match="Endpoint none of account 000000000000 not found") as caught:
        runtime.invoke_endpoint(EndpointName="none", Body=b"")
    assert caught.value.response["Error"]["Code"] == "ValidationError"


def test_no_call_fails_while_the_endpoint_is_updated_under_load(sagemaker, endpoint, config, status, call):
    answers, failures, done = [], [], threading.Event()

    def load():
        while not done.is_set():
            try:
                answers.append(call()["model"])
            except Exception as error:
                failures.append(error)

    clients = [threading.Thread(target=load) for _ in range(8)]
    for client in clients:
        client.start()
    second = config("two", "rain", instances=2)
    sagemaker.update_endpoint(EndpointName=endpoint, EndpointConfigName=second)
    with pytest.raises(ClientError, match="Cannot update in-progress endpoint"):
        sagemaker.update_endpoint(EndpointName=endpoint, EndpointConfigName=second)
    assert status("InService")["EndpointConfigName"] == "two"
    time.sleep(0.5)
    done.set()
    for client in clients:
        client.join()
    assert failures == []
    assert set(answers) == {"sun", "rain"}
    assert answers[-1] == "rain"


def test_a_call_that_began_before_an_update_is_answered(sagemaker, endpoint, config, status, call):
    answers = []
    slow = threading.Thread(target=lambda: answers.append(call('["slow"]')["model"]))
    second = config("two", "rain")
    slow.start()
    sagemaker.update_endpoint(EndpointName=endpoint, EndpointConfigName=second)
    status("InService")
    slow.join()
    assert answers == ["sun"]
    assert call()["model"] == "rain"


def test_an_update_that_cannot_serve_is_rolled_back(cloud, sagemaker, endpoint, config, status, call):
    bad = config("bad", script="raise RuntimeError('no such model')")
    sagemaker.update_endpoint(EndpointName=endpoint, EndpointConfigName=bad)
    described = status("InService")
    assert described["EndpointConfigName"] == "one"
    assert "did not pass the ping health check" in described["FailureReason"]
    assert "no such model" in described["FailureReason"]
    assert call()["model"] == "sun"
    events = [e["detail"]["EndpointStatus"] for e in cloud.events.of("SageMaker Endpoint State Change")]
    assert events[-3:] == ["UPDATING", "ROLLING_BACK", "IN_SERVICE"]
    sagemaker.update_endpoint(EndpointName=endpoint, EndpointConfigName=config("two", "rain"))
    assert "FailureReason" not in status("InService")


def test_a_corrupt_archive_is_never_served(sagemaker, config, status):
    sagemaker.create_endpoint(EndpointName="weather", EndpointConfigName=config("corrupt", archive=b"\x1f\x8bnonsense"))
    described = status("InService", "Failed")
    assert described["EndpointStatus"] == "Failed"
    assert described["FailureReason"].startswith("Failed to extract model data archive from URL")


def test_the_default_functions_read_and_write_json_and_csv(sagemaker, config, status, runtime):
    script = (
        "class Model:\n    def predict(self, rows):\n        return [sum(row) for row in rows]\n"
        "def model_fn(model_dir):\n    return Model()\n"
    )
    sagemaker.create_endpoint(EndpointName="weather", EndpointConfigName=config("plain", script=script))
    status("InService")

    def ask(body, content_type, accept):
        answer = runtime.invoke_endpoint(EndpointName="weather", Body=body, ContentType=content_type, Accept=accept)
        return answer["ContentType"], answer["Body"].read()

    assert ask(b"[[1, 2], [3, 4]]", "application/json", "application/json") == ("application/json", b"[3, 7]")
    assert ask(b"1,2\n3,4\n", "text/csv", "text/csv") == ("text/csv", b"3.0\n7.0\n")
    with pytest.raises(ClientError, match=r"Received client error \(415\)"):
        ask(b"", "application/x-parquet", "text/csv")


def test_everything_serves_again_after_a_restart(cloud, sagemaker, endpoint, call):
    before = call()
    for name in ("endpoint_config", "model"):
        key = "EndpointConfigName" if name == "endpoint_config" else "ModelName"
        getattr(sagemaker, f"delete_{name}")(**{key: "one"})
    cloud.restart()
    after = call()  # It waits until the model is loaded again; no call is refused.
    assert after["model"] == "sun"
    assert after["pid"] != before["pid"]


SLOW = SERVE.replace('print("loading")', "time.sleep(2)")


def test_an_update_is_taken_up_again_after_a_restart(cloud, sagemaker, endpoint, config, status, call):
    sagemaker.update_endpoint(EndpointName=endpoint, EndpointConfigName=config("two", "rain", script=SLOW))
    described = sagemaker.describe_endpoint(EndpointName=endpoint)
    assert described["EndpointStatus"] == "Updating"
    assert described["PendingDeploymentSummary"]["EndpointConfigName"] == "two"
    cloud.restart()
    assert call()["model"] == "sun"
    described = status("InService")
    assert described["EndpointConfigName"] == "two"
    assert "PendingDeploymentSummary" not in described
    assert call()["model"] == "rain"


def test_a_creation_is_taken_up_again_after_a_restart(cloud, sagemaker, config, status, call):
    sagemaker.create_endpoint(EndpointName="weather", EndpointConfigName=config("one", script=SLOW))
    cloud.restart()
    assert sagemaker.describe_endpoint(EndpointName="weather")["EndpointStatus"] == "Creating"
    assert status("InService", "Failed")["EndpointStatus"] == "InService"
    assert call()["model"] == "sun"


def test_a_busy_endpoint_is_not_deleted(sagemaker, config, status):
    sagemaker.create_endpoint(EndpointName="weather", EndpointConfigName=config("one", script=SLOW))
    with pytest.raises(ClientError, match="Cannot update in-progress endpoint"):
        sagemaker.delete_endpoint(EndpointName="weather")
    with pytest.raises(ClientError, match="Cannot create already existing endpoint"):
        sagemaker.create_endpoint(EndpointName="weather", EndpointConfigName="one")
    status("InService")


def test_variants_share_the_calls_by_their_weights(sagemaker, role, config, status, runtime):
    for name, answer in (("one", "sun"), ("two", "rain")):
        config(name, answer)
    variants = [
        {
            "VariantName": name,
            "ModelName": name,
            "InstanceType": "ml.m5.large",
            "InitialInstanceCount": 1,
            "InitialVariantWeight": weight,
        }
        for name, weight in (("one", 1.0), ("two", 0.0))
    ]
    sagemaker.create_endpoint_config(EndpointConfigName="both", ProductionVariants=variants)
    sagemaker.create_endpoint(EndpointName="weather", EndpointConfigName="both")
    status("InService")

    def ask(**more):
        answer = runtime.invoke_endpoint(EndpointName="weather", Body=b"[]", ContentType="application/json", **more)
        return answer["InvokedProductionVariant"], json.loads(answer["Body"].read())["model"]

    assert {ask() for _ in range(20)} == {("one", "sun")}
    assert ask(TargetVariant="two") == ("two", "rain")
    with pytest.raises(ClientError, match="Variant three is not found"):
        ask(TargetVariant="three")


def test_a_model_server_that_ends_is_started_again(endpoint, call):
    first = call()["pid"]
    with pytest.raises(ClientError, match="The container ended while it worked"):
        call('["crash"]')
    assert call()["pid"] != first


def test_a_deleted_endpoint_leaves_nothing(cloud, sagemaker, endpoint, call, jobs):
    pid = call()["pid"]
    sagemaker.delete_endpoint(EndpointName=endpoint)

    def gone():
        try:
            sagemaker.describe_endpoint(EndpointName=endpoint)
        except ClientError as error:
            return {"message": error.response["Error"]["Message"].split(" endpoint")[0]}
        return {"message": ""}

    jobs.until(gone, "message", {"Could not find"})
    assert jobs.ended(pid)
    assert not (cloud.home.endpoints / "us-east-1" / "weather").exists()


def test_instances_are_added_without_another_configuration(sagemaker, endpoint, status, call):
    wanted = {"VariantName": "main", "DesiredInstanceCount": 2}
    sagemaker.update_endpoint_weights_and_capacities(EndpointName=endpoint, DesiredWeightsAndCapacities=[wanted])
    described = status("InService")
    assert described["EndpointConfigName"] == "one"
    assert described["ProductionVariants"][0]["CurrentInstanceCount"] == 2
    workers = [threading.Thread(target=lambda: pids.add(call('["slow"]')["pid"])) for _ in range(2)]
    pids = set()
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(pids) == 2
    with pytest.raises(ClientError, match="has no variant other"):
        sagemaker.update_endpoint_weights_and_capacities(
            EndpointName=endpoint, DesiredWeightsAndCapacities=[{"VariantName": "other", "DesiredWeight": 1.0}]
        )


def test_only_what_is_in_use_stays_on_disk(cloud, sagemaker, endpoint, config, status, jobs):
    folder = cloud.home.endpoints / "us-east-1"
    sagemaker.update_endpoint(EndpointName=endpoint, EndpointConfigName=config("two", "rain"))
    status("InService")
    jobs.until(lambda: {"count": len(list((folder / "weather").iterdir()))}, "count", {1})
    sagemaker.create_endpoint(EndpointName="other", EndpointConfigName="two")
    jobs.until(lambda: sagemaker.describe_endpoint(EndpointName="other"), "EndpointStatus", {"InService"})
    (folder / "weather" / "left-by-a-killed-daemon").mkdir()
    cloud.restart()
    assert len(list((folder / "weather").iterdir())) == 1
    sagemaker.delete_endpoint(EndpointName=endpoint)
    jobs.until(lambda: {"names": [path.name for path in folder.iterdir()]}, "names", (["other"],))


def test_what_is_not_supported_is_refused_by_name(sagemaker, config):
    variants = sagemaker.describe_endpoint_config(EndpointConfigName=config("one"))["ProductionVariants"]
    with pytest.raises(ClientError, match="The local cloud does not support ExplainerConfig"):
        sagemaker.create_endpoint_config(
            EndpointConfigName="explained",
            ProductionVariants=variants,
            ExplainerConfig={"ClarifyExplainerConfig": {"ShapConfig": {"ShapBaselineConfig": {"ShapBaseline": "1"}}}},
        )


def test_the_model_server_answers_only_who_has_its_token(cloud, endpoint):
    import urllib.error
    import urllib.request

    (address,) = cloud.home.endpoints.rglob("instance-0.json")
    assert address.stat().st_mode & 0o777 == 0o600
    port = json.loads(address.read_text())["port"]
    request = urllib.request.Request(f"http://127.0.0.1:{port}/invocations", data=b"[1]", method="POST")
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(request)
    assert caught.value.code == 403
