"""Feature groups and their records, online and offline, through boto3."""

import io
import time

import pyarrow.parquet
import pytest
from botocore.exceptions import ClientError

KEY = "arn:aws:kms:us-east-1:000000000000:key/0f0f0f0f-0000-4000-8000-000000000000"
SCHEMA = {"city": "String", "time": "String", "temperature": "Fractional", "visits": "Integral"}


def error_of(call, **arguments):
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    return caught.value.response["Error"]["Code"], caught.value.response["Error"]["Message"]


def request_of(bucket, role, **more):
    request = {
        "FeatureGroupName": "weather",
        "RecordIdentifierFeatureName": "city",
        "EventTimeFeatureName": "time",
        "FeatureDefinitions": [{"FeatureName": name, "FeatureType": type_} for name, type_ in SCHEMA.items()],
        "OnlineStoreConfig": {"EnableOnlineStore": True, "SecurityConfig": {"KmsKeyId": KEY}},
        "OfflineStoreConfig": {
            "S3StorageConfig": {"S3Uri": f"s3://{bucket}/features/"},
            "DisableGlueTableCreation": True,
        },
        "RoleArn": role,
    }
    return {key: value for key, value in {**request, **more}.items() if value is not None}


def until(holds, seconds=15):
    deadline = time.monotonic() + seconds
    while not (found := holds()):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return found


def created(sagemaker, name="weather"):
    return until(
        lambda: (
            (group := sagemaker.describe_feature_group(FeatureGroupName=name))["FeatureGroupStatus"] == "Created"
            and group
        )
    )


def gone(sagemaker, name="weather"):
    return until(lambda: name not in names(sagemaker))


def names(sagemaker):
    return [each["FeatureGroupName"] for each in sagemaker.list_feature_groups()["FeatureGroupSummaries"]]


def record(**values):
    return [{"FeatureName": name, "ValueAsString": str(value)} for name, value in values.items()]


def values(answer):
    return {each["FeatureName"]: each["ValueAsString"] for each in answer["Record"]}


def at(hour, minute=0):
    return f"2026-03-01T{hour:02}:{minute:02}:00Z"


@pytest.fixture
def make(sagemaker, bucket, role):
    def make(**more):
        sagemaker.create_feature_group(**request_of(bucket, role, **more))
        return created(sagemaker, more.get("FeatureGroupName", "weather"))

    return make


@pytest.fixture
def runtime(cloud):
    return cloud.client("sagemaker-featurestore-runtime")


@pytest.fixture
def put(runtime):
    def put(group="weather", more=None, **values):
        runtime.put_record(FeatureGroupName=group, Record=record(**values), **(more or {}))

    return put


@pytest.fixture
def get(runtime):
    def get(identifier="Seattle", group="weather", **more):
        return runtime.get_record(FeatureGroupName=group, RecordIdentifierValueAsString=identifier, **more)

    return get


@pytest.fixture
def offline(s3, bucket):
    """Waits until the offline store has some rows, and returns them with their keys."""

    def read():
        rows = []
        for entry in s3.list_objects_v2(Bucket=bucket).get("Contents", []):
            body = s3.get_object(Bucket=bucket, Key=entry["Key"])["Body"].read()
            table = pyarrow.parquet.read_table(io.BytesIO(body)).to_pylist()
            rows += [{**row, "key": entry["Key"]} for row in table]
        return rows

    def wait(count):
        until(lambda: len(read()) >= count)
        return read()

    return wait


def test_a_group_is_made_described_listed_and_deleted(sagemaker, make, bucket, role):
    group = make(Description="Weather by city", Tags=[{"Key": "team", "Value": "ml"}])
    assert group["FeatureGroupArn"] == "arn:aws:sagemaker:us-east-1:000000000000:feature-group/weather"
    assert (group["Description"], group["RoleArn"]) == ("Weather by city", role)
    assert {each["FeatureName"]: each["FeatureType"] for each in group["FeatureDefinitions"]} == SCHEMA
    assert group["OnlineStoreConfig"]["SecurityConfig"] == {"KmsKeyId": KEY}
    assert group["OfflineStoreStatus"] == {"Status": "Active"}
    resolved = group["OfflineStoreConfig"]["S3StorageConfig"]["ResolvedOutputS3Uri"]
    place = f"s3://{bucket}/features/000000000000/sagemaker/us-east-1/offline-store/weather-"
    assert resolved == f"{place}{int(group['CreationTime'].timestamp())}/data"
    assert sagemaker.list_tags(ResourceArn=group["FeatureGroupArn"])["Tags"] == [{"Key": "team", "Value": "ml"}]
    assert names(sagemaker) == ["weather"]
    assert sagemaker.list_feature_groups(OfflineStoreStatusEquals="Disabled")["FeatureGroupSummaries"] == []
    sagemaker.delete_feature_group(FeatureGroupName="weather")
    gone(sagemaker)
    assert error_of(sagemaker.describe_feature_group, FeatureGroupName="weather")[0] == "ResourceNotFound"
    assert error_of(sagemaker.delete_feature_group, FeatureGroupName="weather")[0] == "ResourceNotFound"


def test_a_name_is_given_once(sagemaker, make, bucket, role):
    make()
    assert error_of(sagemaker.create_feature_group, **request_of(bucket, role))[0] == "ResourceInUse"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"RecordIdentifierFeatureName": "town"}, "RecordIdentifierFeatureName town"),
        ({"EventTimeFeatureName": "then"}, "EventTimeFeatureName then"),
        ({"EventTimeFeatureName": "visits"}, "String or Fractional"),
        ({"OnlineStoreConfig": None, "OfflineStoreConfig": None}, "At least one"),
        ({"RoleArn": None}, "RoleArn"),
        ({"OnlineStoreConfig": {"EnableOnlineStore": True, "StorageType": "InMemory"}}, "InMemory"),
        ({"OfflineStoreConfig": {"S3StorageConfig": {"S3Uri": "s3://b/f"}}}, "Glue"),
        (
            {"OfflineStoreConfig": {"S3StorageConfig": {"S3Uri": "s3://nobody-has"}, "DisableGlueTableCreation": True}},
            "Invalid S3Uri",
        ),
    ],
)
def test_a_group_that_aws_refuses_is_refused(sagemaker, bucket, role, change, words):
    code, message = error_of(sagemaker.create_feature_group, **request_of(bucket, role, **change))
    assert (code, words in message) == ("ValidationException", True), message
    assert names(sagemaker) == []


@pytest.mark.parametrize("name", ["is_deleted", "write_time", "api_invocation_time", "city"])
def test_features_have_names_of_their_own(sagemaker, bucket, role, name):
    request = request_of(bucket, role)
    request["FeatureDefinitions"].append({"FeatureName": name, "FeatureType": "String"})
    assert error_of(sagemaker.create_feature_group, **request)[0] == "ValidationException"


def test_features_are_added(sagemaker, make, put, get):
    make()
    put(city="Seattle", time=at(1))
    addition = {"FeatureName": "wind", "FeatureType": "Fractional"}
    sagemaker.update_feature_group(FeatureGroupName="weather", FeatureAdditions=[addition])
    group = sagemaker.describe_feature_group(FeatureGroupName="weather")
    assert group["FeatureDefinitions"][-1] == addition
    assert group["LastUpdateStatus"] == {"Status": "Successful"}
    put(city="Seattle", time=at(2), wind="7.5")
    assert values(get())["wind"] == "7.5"
    again = {"FeatureGroupName": "weather", "FeatureAdditions": [addition]}
    assert error_of(sagemaker.update_feature_group, **again)[0] == "ValidationException"


def test_the_newest_record_by_event_time_is_kept(make, put, get):
    make()
    assert "Record" not in get()
    put(city="Seattle", time=at(5), temperature="11.5", visits="3")
    put(city="Seattle", time=at(4), temperature="9.0")
    put(city="Paris", time=at(1))
    assert values(get()) == {"city": "Seattle", "time": at(5), "temperature": "11.5", "visits": "3"}
    put(city="Seattle", time=at(6), temperature="12.0")
    assert values(get()) == {"city": "Seattle", "time": at(6), "temperature": "12.0"}, "a put overwrites all features"
    assert values(get(FeatureNames=["temperature"])) == {"temperature": "12.0"}


def test_event_times_are_compared_as_points_in_time(make, put, get):
    make()
    put(city="Seattle", time="2026-03-01T12:00:00+02:00", visits="1")
    put(city="Seattle", time="2026-03-01T11:00:00.500Z", visits="2")
    assert values(get())["visits"] == "2"
    definitions = [{"FeatureName": "id", "FeatureType": "Integral"}, {"FeatureName": "at", "FeatureType": "Fractional"}]
    make(
        FeatureGroupName="seconds",
        RecordIdentifierFeatureName="id",
        EventTimeFeatureName="at",
        FeatureDefinitions=definitions,
    )
    put(group="seconds", id=1, at=1000000000)
    put(group="seconds", id=1, at=999999999.5)
    assert values(get("1", group="seconds")) == {"id": "1", "at": "1000000000"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"city": "Seattle", "time": "yesterday"},
        {"city": "Seattle", "time": "2026-13-01T00:00:00Z"},
        {"city": "Seattle"},
        {"time": at(1)},
        {"city": "Seattle", "time": at(1), "visits": "1.5"},
        {"city": "Seattle", "time": at(1), "visits": str(1 << 63)},
        {"city": "Seattle", "time": at(1), "temperature": "warm"},
        {"city": "Seattle", "time": at(1), "temperature": "nan"},
        {"city": "Seattle", "time": at(1), "temperature": "1_000"},
        {"city": "Seattle", "time": at(1), "humidity": "1"},
    ],
)
def test_a_record_that_the_schema_does_not_allow_is_refused(make, runtime, get, wrong):
    make()
    call = {"FeatureGroupName": "weather", "Record": record(**wrong)}
    assert error_of(runtime.put_record, **call)[0] == "ValidationError"
    assert "Record" not in get()


def test_an_event_time_in_seconds_is_one_that_there_will_be(make, runtime):
    definitions = [{"FeatureName": "id", "FeatureType": "Integral"}, {"FeatureName": "at", "FeatureType": "Fractional"}]
    make(RecordIdentifierFeatureName="id", EventTimeFeatureName="at", FeatureDefinitions=definitions)
    for seconds in ("1e300", "-1", "soon"):
        call = {"FeatureGroupName": "weather", "Record": record(id=1, at=seconds)}
        assert error_of(runtime.put_record, **call)[0] == "ValidationError"


def test_half_a_surrogate_pair_is_no_text(make, runtime):
    make()
    body = record(city="Seattle", time=at(1))
    body[0]["ValueAsString"] = "\ud800"
    assert error_of(runtime.put_record, FeatureGroupName="weather", Record=body)[0] == "ValidationError"


def test_what_is_not_there_is_told(make, runtime, get):
    make(OnlineStoreConfig=None)
    absent = {"FeatureGroupName": "none", "RecordIdentifierValueAsString": "Seattle"}
    assert error_of(runtime.get_record, **absent)[0] == "ResourceNotFound"
    assert error_of(runtime.put_record, FeatureGroupName="none", Record=record(city="x"))[0] == "ValidationError"
    assert "no OnlineStore" in error_of(runtime.get_record, **{**absent, "FeatureGroupName": "weather"})[1]
    make(FeatureGroupName="online", OfflineStoreConfig=None)
    wrong = {"FeatureNames": ["humidity"], **absent, "FeatureGroupName": "online"}
    assert error_of(runtime.get_record, **wrong)[0] == "ValidationError"
    target = {"FeatureGroupName": "online", "Record": record(city="x", time=at(1)), "TargetStores": ["OfflineStore"]}
    assert "no OfflineStore" in error_of(runtime.put_record, **target)[1]


def test_records_are_got_in_batches(make, put, runtime):
    arn = make()["FeatureGroupArn"]
    put(city="Seattle", time=at(1), visits="1")
    put(city="Paris", time=at(1), visits="2")
    wanted = [
        {
            "FeatureGroupName": arn,
            "RecordIdentifiersValueAsString": ["Paris", "Rome", "Seattle"],
            "FeatureNames": ["visits"],
        },
        {"FeatureGroupName": "none", "RecordIdentifiersValueAsString": ["x"]},
    ]
    answer = runtime.batch_get_record(Identifiers=wanted)
    assert [(each["RecordIdentifierValueAsString"], values(each)["visits"]) for each in answer["Records"]] == [
        ("Paris", "2"),
        ("Seattle", "1"),
    ]
    assert [each["ErrorCode"] for each in answer["Errors"]] == ["ResourceNotFound"]


def test_identifiers_are_listed_in_pages(make, put, runtime):
    make(OfflineStoreConfig=None)
    for city in ("Rome", "Oslo", "Bern"):
        put(city=city, time=at(1))
    runtime.delete_record(FeatureGroupName="weather", RecordIdentifierValueAsString="Oslo", EventTime=at(2))
    first = runtime.list_records(FeatureGroupName="weather", MaxResults=1, IncludeSoftDeletedRecords=True)
    assert first["RecordIdentifiers"] == ["Bern"]
    rest = runtime.list_records(
        FeatureGroupName="weather", NextToken=first["NextToken"], IncludeSoftDeletedRecords=True
    )
    assert (rest["RecordIdentifiers"], "NextToken" in rest) == (["Oslo", "Rome"], False)
    assert runtime.list_records(FeatureGroupName="weather")["RecordIdentifiers"] == ["Bern", "Rome"]


def test_a_soft_deletion_holds_against_older_records(make, put, get, runtime):
    make()
    put(city="Seattle", time=at(3))
    deletion = {"FeatureGroupName": "weather", "RecordIdentifierValueAsString": "Seattle"}
    runtime.delete_record(**deletion, EventTime=at(2))
    assert values(get())["time"] == at(3), "an older deletion changes nothing"
    runtime.delete_record(**deletion, EventTime=at(4))
    assert "Record" not in get()
    put(city="Seattle", time=at(3, 30))
    assert "Record" not in get()
    put(city="Seattle", time=at(5))
    assert values(get())["time"] == at(5)


def test_a_hard_deletion_forgets(make, put, get, runtime):
    make()
    put(city="Seattle", time=at(3))
    deletion = {
        "FeatureGroupName": "weather",
        "RecordIdentifierValueAsString": "Seattle",
        "DeletionMode": "HardDelete",
    }
    assert error_of(runtime.delete_record, **deletion, EventTime=at(3))[0] == "ValidationError"
    runtime.delete_record(**deletion, EventTime=at(4))
    assert "Record" not in get()
    put(city="Seattle", time=at(1))
    assert values(get())["time"] == at(1)


def test_records_expire(sagemaker, make, put, get):
    make(
        OnlineStoreConfig={"EnableOnlineStore": True, "TtlDuration": {"Unit": "Weeks", "Value": 5200}},
        OfflineStoreConfig=None,
    )
    put(city="Seattle", time=at(0))
    assert get(ExpirationTimeResponse="Enabled")["ExpiresAt"] == "2125-10-28T00:00:00.000Z"
    assert "ExpiresAt" not in get()
    put(city="Paris", time=at(0), more={"TtlDuration": {"Unit": "Seconds", "Value": 1}})
    assert "Record" not in get("Paris")
    short = {"TtlDuration": {"Unit": "Minutes", "Value": 1}}
    sagemaker.update_feature_group(FeatureGroupName="weather", OnlineStoreConfig=short)
    put(city="Seattle", time=at(1))
    assert "Record" not in get()


def test_everything_that_is_put_reaches_the_offline_store(make, put, runtime, offline):
    resolved = make()["OfflineStoreConfig"]["S3StorageConfig"]["ResolvedOutputS3Uri"]
    put(city="Seattle", time=at(5), temperature="11.5", visits="-3")
    put(city="Seattle", time=at(4), temperature="9.0")
    put(city="Paris", time=at(4, 30), more={"TargetStores": ["OnlineStore"]})
    runtime.delete_record(FeatureGroupName="weather", RecordIdentifierValueAsString="Seattle", EventTime=at(6))
    rows = sorted(offline(3), key=lambda row: row["time"])
    assert [(row["city"], row["time"], row["temperature"], row["visits"], row["is_deleted"]) for row in rows] == [
        ("Seattle", at(4), 9.0, None, False),
        ("Seattle", at(5), 11.5, -3, False),
        ("Seattle", at(6), None, None, True),
    ]
    prefix = resolved.partition("/features/")[2]
    for row, hour in zip(rows, (4, 5, 6), strict=True):
        folder = f"features/{prefix}/year=2026/month=03/day=01/hour={hour:02}/20260301T{hour:02}0000Z_"
        assert row["key"].startswith(folder)
        assert len(row["key"].removeprefix(folder)) == len("0123456789abcdef.parquet")
        assert 0 <= (row["write_time"] - row["api_invocation_time"]).total_seconds() < 15
    assert list(rows[0])[:4] == [*SCHEMA]


def test_the_offline_store_is_encrypted_with_the_groups_key(cloud, s3, bucket, make, put):
    key = cloud.client("kms").create_key()["KeyMetadata"]["Arn"]
    storage = {"S3Uri": f"s3://{bucket}/features", "KmsKeyId": key}
    make(OfflineStoreConfig={"S3StorageConfig": storage, "DisableGlueTableCreation": True})
    put(city="Seattle", time=at(5))
    (entry,) = until(lambda: s3.list_objects_v2(Bucket=bucket).get("Contents"))
    assert s3.head_object(Bucket=bucket, Key=entry["Key"])["SSEKMSKeyId"] == key


def test_an_offline_store_that_cannot_be_written_waits_and_says_why(cloud, bucket, make, put, offline):
    sagemaker, s3 = cloud.client("sagemaker"), cloud.client("s3")
    make()
    s3.delete_bucket(Bucket=bucket)
    put(city="Seattle", time=at(5))

    def status():
        return sagemaker.describe_feature_group(FeatureGroupName="weather")["OfflineStoreStatus"]

    until(lambda: status()["Status"] == "Blocked")
    assert "NoSuchBucket" in status()["BlockedReason"]
    s3.create_bucket(Bucket=bucket)
    assert [row["city"] for row in offline(1)] == ["Seattle"]
    assert until(lambda: status()["Status"] == "Active")


def test_what_was_put_before_a_deletion_is_written(sagemaker, make, put, get, offline):
    make()
    put(city="Seattle", time=at(5))
    sagemaker.delete_feature_group(FeatureGroupName="weather")
    gone(sagemaker)
    assert [row["city"] for row in offline(1)] == ["Seattle"]
    make()
    assert "Record" not in get(), "a group of the same name begins empty"


def test_records_are_there_after_a_restart(cloud, make, put, get, offline):
    make()
    for minute in range(20):
        put(city=f"city-{minute}", time=at(5, minute))
    cloud.restart()
    assert values(get("city-7"))["time"] == at(5, 7)
    assert {row["city"] for row in offline(20)} == {f"city-{minute}" for minute in range(20)}


def test_what_the_local_cloud_has_not_is_refused_by_name(make, runtime):
    make()
    call = {"FeatureGroupName": "weather", "RecordIdentifierValueAsString": "x", "Features": record(visits=1)}
    code, message = error_of(runtime.update_record, **call)
    assert code == "UnknownOperationException"
    assert "Record" in message
