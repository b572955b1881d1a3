"""Data capture: what an endpoint is asked and answers lies in S3, as SageMaker writes it, and no call waits for it."""

import base64
import json
import re
import threading

import pytest
from botocore.exceptions import ClientError
from mlstack_localcloud.server.sagemaker.serving import capture
from mlstack_localcloud.server.sagemaker.serving.capture import Capture
from mlstack_localcloud.server.sagemaker.serving.capture_lines import Captured, CaptureSettings, Side

HEADER = {"CsvContentTypes": ["text/csv"], "JsonContentTypes": ["application/json"]}
FILE = re.compile(r"caught/weather/main/\d{4}/\d\d/\d\d/\d\d/\d\d-\d\d-\d{3}-[0-9a-f]+\.jsonl")


def config(bucket, percent=100, modes=("Input", "Output"), **more):
    return {
        "EnableCapture": True,
        "InitialSamplingPercentage": percent,
        "DestinationS3Uri": f"s3://{bucket}/caught",
        "CaptureOptions": [{"CaptureMode": mode} for mode in modes],
        "CaptureContentTypeHeader": HEADER,
        **more,
    }


@pytest.fixture
def captured(s3, bucket, jobs):
    """The captured calls, once there are as many as wanted."""

    def lines():
        keys = [each["Key"] for each in s3.list_objects_v2(Bucket=bucket, Prefix="caught/").get("Contents", [])]
        assert all(FILE.fullmatch(key) for key in keys), keys
        bodies = [s3.get_object(Bucket=bucket, Key=key)["Body"].read() for key in keys]
        return [json.loads(line) for body in bodies for line in body.splitlines()]

    def wait(count):
        return jobs.until(lambda: {"count": len(found := lines()), "lines": found}, "count", {count}, 10)["lines"]

    return wait


def test_calls_lie_in_s3_as_sagemaker_writes_them(weather, bucket, captured):
    described = weather.create(weather.configure("one", DataCaptureConfig=config(bucket)))
    assert described["DataCaptureConfig"] == {
        "EnableCapture": True,
        "CaptureStatus": "Started",
        "CurrentSamplingPercentage": 100,
        "DestinationS3Uri": f"s3://{bucket}/caught",
        "KmsKeyId": "",
    }
    weather.ask(b"1,2", "text/csv", InferenceId="first", CustomAttributes="from=test")
    weather.ask(b"\xff\x00", "application/octet-stream")
    csv, binary = sorted(captured(2), key=lambda each: each["captureData"]["endpointInput"]["encoding"], reverse=True)
    event = csv["eventMetadata"]
    assert csv == {
        "captureData": {
            "endpointInput": {"observedContentType": "text/csv", "mode": "INPUT", "data": "1,2", "encoding": "CSV"},
            "endpointOutput": {
                "observedContentType": "application/json",
                "mode": "OUTPUT",
                "data": '"sun"',
                "encoding": "JSON",
            },
        },
        "eventMetadata": {
            "eventId": event["eventId"],
            "customAttributes": ["from=test"],
            "inferenceId": "first",
            "inferenceTime": event["inferenceTime"],
        },
        "eventVersion": "0",
    }
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", event["inferenceTime"])
    given = binary["captureData"]["endpointInput"]
    assert (given["encoding"], base64.b64decode(given["data"])) == ("BASE64", b"\xff\x00")
    assert "inferenceId" not in binary["eventMetadata"]
    assert binary["eventMetadata"]["eventId"] != event["eventId"]


def test_what_was_captured_is_written_when_the_daemon_ends(weather, cloud, bucket, captured, monkeypatch):
    monkeypatch.setattr(capture, "_SECONDS_BETWEEN_WRITES", 3600.0)
    weather.create(weather.configure("one", DataCaptureConfig=config(bucket)))
    for _ in range(3):
        weather.ask()
    captured(0)
    cloud.restart()
    assert len(captured(3)) == 3
    weather.ask()  # And captured again after the restart, when the configuration is long gone.
    weather.sagemaker.delete_endpoint(EndpointName="weather")
    captured(4)


@pytest.mark.parametrize(
    ("modes", "sides"),
    [(["Input"], {"endpointInput"}), (["Output"], {"endpointOutput"}), (["InputAndOutput"], None)],
)
def test_only_the_sides_that_are_asked_for_are_kept(weather, bucket, captured, modes, sides):
    weather.create(weather.configure("one", DataCaptureConfig=config(bucket, modes=modes)))
    weather.ask()
    assert set(captured(1)[0]["captureData"]) == (sides or {"endpointInput", "endpointOutput"})


def test_objects_are_encrypted_with_the_given_key(weather, cloud, s3, bucket, captured):
    key = cloud.client("kms").create_key()["KeyMetadata"]["Arn"]
    weather.create(weather.configure("one", DataCaptureConfig=config(bucket, KmsKeyId=key)))
    weather.ask()
    captured(1)
    (entry,) = s3.list_objects_v2(Bucket=bucket, Prefix="caught/")["Contents"]
    head = s3.head_object(Bucket=bucket, Key=entry["Key"])
    assert (head["ServerSideEncryption"], head["SSEKMSKeyId"]) == ("aws:kms", key)


def test_nothing_is_kept_where_capture_is_off_or_the_call_failed(weather, s3, bucket, captured):
    off = config(bucket, EnableCapture=False)
    weather.create(weather.configure("off", DataCaptureConfig=off))
    weather.ask()
    assert weather.describe()["DataCaptureConfig"]["CaptureStatus"] == "Stopped"
    weather.update(weather.configure("on", DataCaptureConfig=config(bucket)))
    weather.status("InService")
    with pytest.raises(ClientError, match="cannot read image/png"):
        weather.ask(b"x", "image/png")
    weather.ask(InferenceId="only")
    assert [each["eventMetadata"]["inferenceId"] for each in captured(1)] == ["only"]


def settings(percent=100):
    return CaptureSettings.of(config("bucket", percent))


def one(data=b"1"):
    return Captured("main", Side("text/csv", data), Side("application/json", b"2"))


@pytest.mark.parametrize(("percent", "drawn", "kept"), [(20, 0.19, True), (20, 0.2, False), (0, 0.0, False)])
def test_the_percentage_decides(percent, drawn, kept):
    recorder = Capture("weather", settings(percent), lambda *_: None, lambda: drawn)
    assert recorder.samples() is kept
    recorder.close()


def test_a_call_does_not_wait_for_a_write_and_the_buffer_is_bounded(monkeypatch, caplog):
    monkeypatch.setattr(capture, "_MOST_BYTES", 40)
    written, go_on, begun = [], threading.Event(), threading.Event()

    def write(uri, content, _key):
        begun.set()
        go_on.wait(10)
        written.append(content)

    recorder = Capture("weather", settings(), write)
    recorder.keep(one())
    flush = threading.Thread(target=recorder.flush)
    flush.start()
    assert begun.wait(10)
    for _ in range(50):  # While S3 takes its time: 20 captures of 2 bytes fit, the others are dropped.
        recorder.keep(one())
    go_on.set()
    flush.join()
    recorder.close()
    assert sum(content.count(b"\n") for content in written) == 1 + 20
    assert "30 captures of weather were dropped" in caplog.text
