"""What of moto is changed, seen from outside; each of these fails when moto's private part is another."""

from __future__ import annotations

import io
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from mlstack_localcloud.control import DaemonStatus

    from .conftest import Wire


def test_the_copy_of_an_object_in_parts_can_be_read(wire: Wire) -> None:
    objects = wire.client("s3")
    objects.create_bucket(Bucket="copies")
    content = bytes(range(256)) * 50_000
    objects.upload_fileobj(io.BytesIO(content), "copies", "in parts")
    objects.copy_object(Bucket="copies", Key="copy", CopySource={"Bucket": "copies", "Key": "in parts"})

    assert objects.get_object(Bucket="copies", Key="copy")["Body"].read() == content


def test_a_bucket_tells_that_its_events_go_to_the_event_bus(wire: Wire) -> None:
    objects = wire.client("s3")
    objects.create_bucket(Bucket="tells")
    for configuration in ({"EventBridgeConfiguration": {}}, {}):
        objects.put_bucket_notification_configuration(Bucket="tells", NotificationConfiguration=configuration)
        found = objects.get_bucket_notification_configuration(Bucket="tells")
        assert {name: each for name, each in found.items() if name != "ResponseMetadata"} == configuration


def test_a_bucket_whose_versioning_was_suspended_keeps_its_versions(wire: Wire) -> None:
    objects = wire.client("s3")
    objects.create_bucket(Bucket="suspended")
    versioning = {"Bucket": "suspended", "VersioningConfiguration": {"Status": "Enabled"}}
    objects.put_bucket_versioning(**versioning)
    first, second = (
        objects.put_object(Bucket="suspended", Key="model", Body=body)["VersionId"] for body in (b"first", b"second")
    )
    objects.delete_object(Bucket="suspended", Key="model")
    objects.put_bucket_versioning(**{**versioning, "VersioningConfiguration": {"Status": "Suspended"}})

    objects.delete_object(Bucket="suspended", Key="model", VersionId=second)
    assert objects.get_object(Bucket="suspended", Key="model", VersionId=first)["Body"].read() == b"first"

    assert objects.delete_object(Bucket="suspended", Key="model")["DeleteMarker"] is True
    listed = objects.list_object_versions(Bucket="suspended")
    assert [version["VersionId"] for version in listed["Versions"]] == [first]
    assert "null" in [marker["VersionId"] for marker in listed["DeleteMarkers"]]

    found = [*listed["Versions"], *listed["DeleteMarkers"]]
    every = [{"Key": version["Key"], "VersionId": version["VersionId"]} for version in found]
    objects.delete_objects(Bucket="suspended", Delete={"Objects": every})
    objects.delete_bucket(Bucket="suspended")


def test_rules_about_groups_and_prefix_lists_keep_their_descriptions_and_can_be_changed(wire: Wire) -> None:
    ec2 = wire.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.3.0.0/16")["Vpc"]["VpcId"]
    group = ec2.create_security_group(GroupName="g", Description="d", VpcId=vpc)["GroupId"]
    peer = {"GroupId": group, "Description": "each other"}
    made = ec2.authorize_security_group_ingress(
        GroupId=group, IpPermissions=[{"IpProtocol": "-1", "UserIdGroupPairs": [peer]}]
    )["SecurityGroupRules"]
    rule = made[0]["SecurityGroupRuleId"]

    def read() -> tuple[str, str, int]:
        (found,) = ec2.describe_security_group_rules(SecurityGroupRuleIds=[rule])["SecurityGroupRules"]
        assert found["ReferencedGroupInfo"]["GroupId"] == group
        return found["Description"], found["IpProtocol"], found["FromPort"]

    def change(**new: object) -> None:
        request = {"ReferencedGroupId": group, **new}
        ec2.modify_security_group_rules(
            GroupId=group, SecurityGroupRules=[{"SecurityGroupRuleId": rule, "SecurityGroupRule": request}]
        )

    assert read() == ("each other", "-1", -1)
    change(IpProtocol="tcp", FromPort=443, ToPort=443, Description="HTTPS")
    assert read() == ("HTTPS", "tcp", 443)
    change(IpProtocol="-1", Description="all again")
    assert read() == ("all again", "-1", -1)
    (permission,) = ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"][0]["IpPermissions"]
    assert not permission["IpRanges"]


@pytest.mark.parametrize("location", ["region", "availability-zone"])
def test_offered_instance_types_are_known_though_they_are_read_late(wire: Wire, location: str) -> None:
    ec2 = wire.client("ec2")
    wanted = [{"Name": "instance-type", "Values": ["m5.large"]}]
    for _ in range(2):
        offered = ec2.describe_instance_type_offerings(LocationType=location, Filters=wanted)["InstanceTypeOfferings"]
        assert {each["InstanceType"] for each in offered} == {"m5.large"}
        assert {each["LocationType"] for each in offered} == {location}


def test_a_bucket_with_access_logs_gets_no_objects_from_its_readers(wire: Wire) -> None:
    objects = wire.client("s3")
    for bucket in ("logged", "access-logs"):
        objects.create_bucket(Bucket=bucket)
    grant = {
        "Grantee": {"Type": "Group", "URI": "http://acs.amazonaws.com/groups/s3/LogDelivery"},
        "Permission": "WRITE",
    }
    owner = {"ID": "75aa57f09aa0c8caeab4f8c24e99d10f8e7faeebf76c078efc7c6caea54ba06a"}
    acl = {"Owner": owner, "Grants": [grant, {**grant, "Permission": "READ_ACP"}]}
    objects.put_bucket_acl(Bucket="access-logs", AccessControlPolicy=acl)
    logging = {"LoggingEnabled": {"TargetBucket": "access-logs", "TargetPrefix": "x"}}
    objects.put_bucket_logging(Bucket="logged", BucketLoggingStatus=logging)
    objects.list_objects_v2(Bucket="logged")

    assert objects.list_objects_v2(Bucket="access-logs")["KeyCount"] == 0


def test_a_symmetric_key_costs_no_rsa_key(wire: Wire) -> None:
    keys = wire.client("kms")
    created = [keys.create_key()["KeyMetadata"]["KeyId"] for _ in range(3)]
    sealed = keys.encrypt(KeyId=created[0], Plaintext=b"x")["CiphertextBlob"]

    assert keys.decrypt(CiphertextBlob=sealed)["Plaintext"] == b"x"
    signing = keys.create_key(KeySpec="RSA_2048", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["KeyId"]
    signature = keys.sign(KeyId=signing, Message=b"m", SigningAlgorithm="RSASSA_PSS_SHA_256")["Signature"]
    verified = keys.verify(KeyId=signing, Message=b"m", Signature=signature, SigningAlgorithm="RSASSA_PSS_SHA_256")
    assert verified["SignatureValid"] is True


IN_PROCESS = """
import sys
from mlstack_localcloud.server import moto_adjustments
from mlstack_localcloud.server.moto_services import MotoServices
services = MotoServices()
"""


def test_deleted_things_are_forgotten() -> None:
    code = """
services.load("sns")
from moto.sns.models import Topic, sns_backends
backend = sns_backends["000000000000"]["us-east-1"]
for number in range(10):
    backend.create_topic(f"t{number}")
    backend.delete_topic(f"arn:aws:sns:us-east-1:000000000000:t{number}")
print(len(Topic.instances_tracked))
"""
    assert _run(code) == "0"


def test_parameters_come_without_the_machines() -> None:
    code = """
services.load("ssm")
before = "moto.ec2.models" in sys.modules
import moto.ssm.models
print(before, moto.ssm.models.ec2_backends["000000000000"]["us-east-1"].region_name)
"""
    assert _run(code) == "False us-east-1"


def test_the_work_of_a_request_does_not_look_through_classes() -> None:
    code = """
services.load("ssm")
import moto.core.responses as responses
from moto.ssm.responses import SimpleSystemManagerResponse as kind
print(responses.method_names_from_class(kind) is responses.method_names_from_class(kind), "put_parameter" in
      responses.method_names_from_class(kind))
"""
    assert _run(code) == "True True"


def test_requests_at_once_meet_no_half_imported_service() -> None:
    code = """
import threading
from mlstack_localcloud.server.moto_adjustments import import_module
failed = []
def ask(load):
    try:
        load()
    except Exception as error:
        failed.append(error)
loads = [lambda s=s: services.load(s) for s in ("kms", "s3", "sns", "sqs", "ssm", "ecr")]
loads += [lambda: import_module("moto.iam.models"), lambda: __import__("moto.s3.models")]
threads = [threading.Thread(target=ask, args=(load,)) for load in loads]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
from moto.s3.models import S3Backend
print(failed, hasattr(S3Backend.delete_object, "__wrapped__"))
"""
    assert _run(code) == "[] True"


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_the_daemon_stays_small(local_cloud: DaemonStatus) -> None:
    time.sleep(0.1)
    with open(f"/proc/{local_cloud.pid}/status") as status:  # noqa: PTH123 - no file of ours
        resident = next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))

    assert resident < 350 * 1024


def _run(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", IN_PROCESS + code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_a_scalable_target_takes_its_policies_along_and_has_tags(wire: Wire) -> None:
    scaling = wire.client("application-autoscaling")
    key = {
        "ServiceNamespace": "sagemaker",
        "ResourceId": "endpoint/scaled/variant/AllTraffic",
        "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
    }
    metric = {"PredefinedMetricType": "SageMakerVariantInvocationsPerInstance"}
    policy = {
        "PolicyName": "track",
        "PolicyType": "TargetTrackingScaling",
        "TargetTrackingScalingPolicyConfiguration": {"TargetValue": 5.0, "PredefinedMetricSpecification": metric},
    }
    with pytest.raises(scaling.exceptions.ObjectNotFoundException, match="No scalable target registered"):
        scaling.put_scaling_policy(**key, **policy)
    arn = scaling.register_scalable_target(**key, MinCapacity=1, MaxCapacity=4, Tags={"a": "1"})["ScalableTargetARN"]
    scaling.tag_resource(ResourceARN=arn, Tags={"b": "2"})
    scaling.untag_resource(ResourceARN=arn, TagKeys=["a"])
    assert scaling.list_tags_for_resource(ResourceARN=arn)["Tags"] == {"b": "2"}
    (target,) = scaling.describe_scalable_targets(ServiceNamespace="sagemaker", ResourceIds=[key["ResourceId"]])[
        "ScalableTargets"
    ]
    assert target["RoleARN"].endswith("/AWSServiceRoleForApplicationAutoScaling_SageMakerEndpoint")

    first = scaling.put_scaling_policy(**key, **policy)["PolicyARN"]
    assert scaling.put_scaling_policy(**key, **policy)["PolicyARN"] == first
    action = {"ScheduledActionName": "morning", "Schedule": "cron(0 8 * * ? *)"}
    scaling.put_scheduled_action(**key, **action, ScalableTargetAction={"MinCapacity": 2})
    scaling.deregister_scalable_target(**key)
    assert scaling.describe_scaling_policies(ServiceNamespace="sagemaker")["ScalingPolicies"] == []
    assert scaling.describe_scheduled_actions(ServiceNamespace="sagemaker")["ScheduledActions"] == []
    with pytest.raises(scaling.exceptions.ObjectNotFoundException):
        scaling.deregister_scalable_target(**key)
    with pytest.raises(scaling.exceptions.ResourceNotFoundException):
        scaling.list_tags_for_resource(ResourceARN=arn)


def test_scalable_targets_need_neither_ecs_nor_ec2(wire: Wire) -> None:
    code = """
import sys
from mlstack_localcloud.server.moto_services import MotoServices
MotoServices().load("application-autoscaling")
print({"moto.ecs.models", "moto.ec2.models"} & sys.modules.keys())
"""
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "set()\n"
    scaling = wire.client("application-autoscaling")
    with pytest.raises(scaling.exceptions.ValidationException, match="ECS service doesn't exist"):
        scaling.register_scalable_target(
            ServiceNamespace="ecs",
            ResourceId="service/cluster/name",
            ScalableDimension="ecs:service:DesiredCount",
            MinCapacity=1,
            MaxCapacity=2,
        )
