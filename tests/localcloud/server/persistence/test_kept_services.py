"""Journal, snapshots and long polls, in one process, with moto."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

# moto's state is the process's, so each case has a process of its own, with clients that need no socket.
PRELUDE = """
import sqlite3, sys, threading, time
from pathlib import Path
from mlstack_localcloud.home import Home
from mlstack_localcloud.keys import ensure_keys
from mlstack_localcloud.server.authorization.authorizer import Authorizer
from mlstack_localcloud.server.clients import Clients
from mlstack_localcloud.server.credentials import Credentials
from mlstack_localcloud.server.gateway import Gateway
from mlstack_localcloud.server.moto_services import MotoServices
from mlstack_localcloud.server.persistence.blobs import BlobStore
from mlstack_localcloud.server.persistence.kept_services import KeptServices
from mlstack_localcloud.server.persistence.store import Store
from mlstack_localcloud.server.security_token_service import SecurityTokenService
from mlstack_localcloud.server.signature import Authenticator

home = Home(Path(sys.argv[1])).make()
credentials = Credentials(ensure_keys(home))
tokens = SecurityTokenService(credentials.sessions)
kept = KeptServices(MotoServices(), Store(home.services_database, "5"), BlobStore(home.blobs))
kept.open()
gateway = Gateway(Authenticator(credentials), Authorizer(), tokens, kept)
clients = Clients("http://127.0.0.1:9", credentials, tokens, gateway)
client = clients.client

def no_snapshots():
    # However slow the machine is, the journal is all that there is.
    kept._snapshots._is_due = lambda: False

def rows(table):
    return sqlite3.connect(home.services_database).execute(f"SELECT count(*) FROM {table}").fetchone()[0]

"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def test_a_change_is_journaled_before_it_is_answered_and_a_read_is_not(home: Path) -> None:
    code = """
no_snapshots()
client("ssm").put_parameter(Name="/a", Value="1", Type="String")
print(rows("journal"), end=" ")
client("ssm").get_parameter(Name="/a")
client("s3").list_buckets()
print(rows("journal"), end=" ")
try:
    client("ssm").put_parameter(Name="/a", Value="2", Type="String")
except client("ssm").exceptions.ParameterAlreadyExists:
    print(rows("journal"))
"""
    assert _run(home, code) == "1 1 1"


def test_a_read_in_cbor_is_not_journaled_either(home: Path) -> None:
    code = """
no_snapshots()
client("cloudwatch").put_dashboard(DashboardName="a", DashboardBody="{}")
client("cloudwatch").get_dashboard(DashboardName="a")
client("cloudwatch").describe_alarms()
print(rows("journal"))
"""
    assert _run(home, code) == "1"


def test_a_second_of_quiet_empties_the_journal_into_a_snapshot(home: Path) -> None:
    code = """
client("ssm").put_parameter(Name="/a", Value="1", Type="String")
deadline = time.monotonic() + 30
while rows("journal") and time.monotonic() < deadline:
    time.sleep(0.05)
print(rows("journal"), rows("snapshots") > 0)
"""
    assert _run(home, code) == "0 True"
    assert _run(home, 'print(client("ssm").get_parameter(Name="/a")["Parameter"]["Value"])') == "1"


def test_work_that_never_pauses_is_snapshotted_too(home: Path) -> None:
    code = """
for number in range(100_000):
    client("sns").create_topic(Name=f"t{number}")
    if number % 50 == 49 and rows("journal") < number // 2:
        print("shorter")
        break
"""
    assert _run(home, code) == "shorter"


def test_an_asymmetric_key_is_in_a_snapshot_at_once(home: Path) -> None:
    code = """
key = client("kms").create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["KeyId"]
print(rows("journal"), client("kms").get_public_key(KeyId=key)["PublicKey"].hex())
"""
    journal, public = _run(home, code).split()
    again = """
key = client("kms").list_keys()["Keys"][0]["KeyId"]
print(client("kms").get_public_key(KeyId=key)["PublicKey"].hex())
"""
    assert journal == "0"
    assert _run(home, again) == public


@pytest.mark.parametrize("journal_alone", [True, False])
def test_a_scalable_target_outlives_a_restart_with_its_tags_and_policy(home: Path, journal_alone: bool) -> None:
    key = """
scaling = client("application-autoscaling")
key = {
    "ServiceNamespace": "sagemaker",
    "ResourceId": "endpoint/weather/variant/AllTraffic",
    "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
}
"""
    made = f"""
{"no_snapshots()" if journal_alone else ""}
{key}
arn = scaling.register_scalable_target(**key, MinCapacity=1, MaxCapacity=4, Tags={{"a": "1"}})["ScalableTargetARN"]
metric = {{"PredefinedMetricType": "SageMakerVariantInvocationsPerInstance"}}
policy = {{"TargetValue": 5.0, "PredefinedMetricSpecification": metric}}
more = {{"PolicyName": "track", "PolicyType": "TargetTrackingScaling"}}
answer = scaling.put_scaling_policy(**key, **more, TargetTrackingScalingPolicyConfiguration=policy)
print(arn, answer["PolicyARN"])
sys.stdout.flush()
{"import os; os._exit(1)" if journal_alone else "kept.close()"}
"""
    found = f"""
{key}
target = scaling.describe_scalable_targets(ServiceNamespace="sagemaker")["ScalableTargets"][0]
policy = scaling.describe_scaling_policies(ServiceNamespace="sagemaker")["ScalingPolicies"][0]
assert scaling.list_tags_for_resource(ResourceARN=target["ScalableTargetARN"])["Tags"] == {{"a": "1"}}
print(target["ScalableTargetARN"], policy["PolicyARN"])
"""
    assert _run(home, made, code=int(journal_alone)) == _run(home, found)


def test_a_journal_is_replayed_to_the_same_ids_secrets_and_times(home: Path) -> None:
    made = """
no_snapshots()
client("iam").create_user(UserName="u")
key = client("iam").create_access_key(UserName="u")["AccessKey"]
upload = client("s3").create_bucket(Bucket="bucket") and client("s3").create_multipart_upload(Bucket="bucket", Key="k")
created = key["CreateDate"].isoformat()
print(key["AccessKeyId"], key["SecretAccessKey"], created, upload["UploadId"], rows("journal") > 0)
import os; sys.stdout.flush(); os._exit(1)  # no snapshot at the end
"""
    looked_up = """
from moto.iam.models import iam_backends
key = next(iter(iam_backends["000000000000"]["aws"].users["u"].access_keys))
created = client("iam").list_access_keys(UserName="u")["AccessKeyMetadata"][0]["CreateDate"]
upload = client("s3").list_multipart_uploads(Bucket="bucket")["Uploads"][0]["UploadId"]
print(key.access_key_id, key.secret_access_key, created.isoformat(), upload, True)
"""
    before = _run(home, made, code=1)
    assert before.endswith("True")
    assert _run(home, looked_up) == before


def test_a_long_poll_holds_up_nobody_and_sees_what_comes(home: Path) -> None:
    code = """
url = client("sqs").create_queue(QueueName="q")["QueueUrl"]
seen = []
def poll():
    started = time.monotonic()
    seen.extend(client("sqs").receive_message(QueueUrl=url, WaitTimeSeconds=20)["Messages"])
    seen.append(time.monotonic() - started)
poller = threading.Thread(target=poll)
poller.start()
time.sleep(0.5)
client("ssm").put_parameter(Name="/a", Value="1", Type="String")
client("sqs").send_message(QueueUrl=url, MessageBody="here")
poller.join()
print(seen[0]["Body"], 0.4 < seen[1] < 10)
"""
    assert _run(home, code) == "here True"


def test_a_queues_own_waiting_time_counts(home: Path) -> None:
    code = """
url = client("sqs").create_queue(QueueName="q", Attributes={"ReceiveMessageWaitTimeSeconds": "1"})["QueueUrl"]
started = time.monotonic()
print(client("sqs").receive_message(QueueUrl=url).get("Messages"), time.monotonic() - started >= 1)
"""
    assert _run(home, code) == "None True"


def test_a_received_message_stays_received_after_a_crash(home: Path) -> None:
    code = """
url = client("sqs").create_queue(QueueName="q")["QueueUrl"]
client("sqs").send_message(QueueUrl=url, MessageBody="m")
print(client("sqs").receive_message(QueueUrl=url)["Messages"][0]["ReceiptHandle"])
import os; sys.stdout.flush(); os._exit(1)
"""
    handle = _run(home, code, code=1)
    deleted = f"""
url = client("sqs").get_queue_url(QueueName="q")["QueueUrl"]
client("sqs").delete_message(QueueUrl=url, ReceiptHandle={handle!r})
counts = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
print(*client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=counts)["Attributes"].values())
"""
    assert _run(home, deleted) == "0 0"


NETWORK = """
def network():
    ec2 = client("ec2")
    calls = (ec2.describe_vpcs, ec2.describe_subnets, ec2.describe_security_group_rules, ec2.describe_vpc_endpoints)
    found = [call() for call in calls]
    for each in found:
        del each["ResponseMetadata"]
    return found
"""


def test_a_network_is_replayed_to_the_same_ids_whoever_asked_first(home: Path) -> None:
    made = """
no_snapshots()
network()  # a read, of which the journal knows nothing, makes the region's default network
ec2 = client("ec2")
vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24")["Subnet"]["SubnetId"]
group = ec2.create_security_group(GroupName="g", Description="d", VpcId=vpc)["GroupId"]
pair = {"GroupId": group, "Description": "jobs"}
ec2.authorize_security_group_ingress(
    GroupId=group, IpPermissions=[{"IpProtocol": "-1", "UserIdGroupPairs": [pair]}]
)
ec2.create_vpc_endpoint(
    VpcId=vpc, ServiceName="com.amazonaws.us-east-1.kms", VpcEndpointType="Interface", SubnetIds=[subnet]
)
assert rows("journal") == 5
print(network())
import os; sys.stdout.flush(); os._exit(1)
"""
    assert _run(home, NETWORK + made, code=1) == _run(home, NETWORK + "print(network())")


def test_a_state_of_another_format_is_refused(home: Path) -> None:
    _run(home, "kept.close()")
    code = 'c = sqlite3.connect(home.services_database); c.execute("PRAGMA user_version = 99"); c.close()'
    _run(home, code)
    done = subprocess.run([sys.executable, "-c", PRELUDE, str(home)], capture_output=True, text=True, check=False)

    assert "written by another version of mlstack" in done.stderr


def _run(home: Path, case: str, code: int = 0) -> str:
    done = subprocess.run(
        [sys.executable, "-c", PRELUDE + case, str(home)], capture_output=True, text=True, check=False, timeout=200
    )
    assert done.returncode == code, done.stderr
    return done.stdout.strip()
