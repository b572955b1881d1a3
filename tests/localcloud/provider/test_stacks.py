"""Several provider instances at once, and stacks that are not for the local cloud."""

from __future__ import annotations

import json
import textwrap
import threading
from typing import TYPE_CHECKING, Any

import pulumi
import pulumi_aws as aws
import pytest
from mlstack_localcloud.control import client_environment
from pulumi.automation import CommandError

if TYPE_CHECKING:
    from collections.abc import Callable

    from mlstack_localcloud.control import DaemonStatus

    from .conftest import Cloud, Stack

pytestmark = [pytest.mark.engine, pytest.mark.slow]


def test_each_provider_instance_has_its_own_region_and_tags(new_stack: Callable[..., Stack], cloud: Cloud) -> None:
    def program() -> None:
        for region in ("eu-west-1", "us-west-2"):
            provider = aws.Provider(
                f"in-{region}",
                region=region,
                default_tags=aws.ProviderDefaultTagsArgs(tags={"where": region, "team": "default"}),
            )
            queue = aws.sqs.Queue(
                f"queue-{region}", tags={"team": "own"}, opts=pulumi.ResourceOptions(provider=provider)
            )
            pulumi.export(region, queue.tags_all)
            bucket = aws.s3.Bucket(f"bucket-{region}", opts=pulumi.ResourceOptions(provider=provider))
            pulumi.export(f"bucket-{region}", bucket.bucket)
        elsewhere = aws.sqs.Queue("elsewhere", region="ap-south-1")
        pulumi.export("regions", pulumi.Output.all(elsewhere.region, aws.sqs.Queue("default").region))

    stack = new_stack("two-providers")
    outputs = stack.up(program).outputs
    assert outputs["eu-west-1"].value == {"where": "eu-west-1", "team": "own"}
    assert outputs["us-west-2"].value == {"where": "us-west-2", "team": "own"}
    assert outputs["regions"].value == ["ap-south-1", "us-east-1"]
    listed = {
        region: cloud.aws("sqs", region).list_queues(QueueNamePrefix="queue-").get("QueueUrls", [])
        for region in ("eu-west-1", "us-west-2", "us-east-1")
    }
    assert {region: len(urls) for region, urls in listed.items()} == {"eu-west-1": 1, "us-west-2": 1, "us-east-1": 0}
    for region in ("eu-west-1", "us-west-2"):
        bucket = outputs[f"bucket-{region}"].value
        assert cloud.aws("s3", region).get_bucket_location(Bucket=bucket)["LocationConstraint"] == region
    assert stack.preview(program).change_summary == {"same": 9}
    stack.stack.destroy()


def test_two_stacks_at_once_keep_their_own_configuration(new_stack: Callable[..., Stack], cloud: Cloud) -> None:
    stacks = {region: new_stack(f"at-once-{region}", {"aws:region": region}) for region in ("eu-west-1", "us-west-2")}
    failures: list[Exception] = []

    def run(region: str) -> None:
        try:
            for _ in range(2):
                stacks[region].stack.refresh()
        except Exception as error:
            failures.append(error)

    # An inline program belongs to its whole process, so the stacks come up one after the other and work at once later.
    for region, stack in stacks.items():
        stack.up(lambda region=region: [aws.sns.Topic(f"{region}-{number}") for number in range(5)])  # type: ignore[misc]
    threads = [threading.Thread(target=run, args=(region,)) for region in stacks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    for region, stack in stacks.items():
        arns = [each["outputs"]["arn"] for each in stack.resources() if each["type"].endswith(":Topic")]
        assert len(arns) == 5
        assert all(f":{region}:" in arn for arn in arns)
        stack.stack.destroy()


def test_a_changed_region_replaces(new_stack: Callable[..., Stack], cloud: Cloud) -> None:
    stack = new_stack("moving")
    stack.up(lambda: aws.sns.Topic("moved"))
    stack.stack.set_config("aws:region", pulumi.automation.ConfigValue("eu-west-1"))
    assert stack.up(lambda: aws.sns.Topic("moved")).summary.resource_changes["replace"] == 1
    assert ":eu-west-1:" in next(each["outputs"]["arn"] for each in stack.resources() if "Topic" in each["type"])
    stack.stack.destroy()


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ({"aws:allowedAccountIds": '["222222222222"]'}, "This stack is for account 222222222222"),
        ({"aws:forbiddenAccountIds": '["000000000000"]'}, "forbids account 000000000000"),
        (
            {"aws:assumeRoles": '[{"roleArn": "arn:aws:iam::222222222222:role/deploy"}]'},
            "a role of another account",
        ),
    ],
)
def test_a_stack_of_another_account_is_refused(
    new_stack: Callable[..., Stack], cloud: Cloud, config: dict[str, str], words: str
) -> None:
    stack = new_stack("refused", config)
    said = stack.failure("import pulumi_aws as aws; aws.s3.Bucket('never')")
    assert words in said
    assert not [each["Name"] for each in cloud.aws("s3").list_buckets()["Buckets"] if each["Name"].startswith("never")]
    for key in config:
        stack.stack.remove_config(key)


def test_a_stack_of_the_local_account_is_let_in(new_stack: Callable[..., Stack]) -> None:
    stack = new_stack("let-in", {"aws:allowedAccountIds": '["000000000000"]'})
    stack.up(lambda: aws.sns.Topic("welcome"))
    stack.stack.destroy()


def test_a_stack_of_an_account_that_was_opened_is_provisioned_there(
    new_stack: Callable[..., Stack], cloud: Cloud, local_cloud: DaemonStatus
) -> None:
    account = "333333333333"
    client_environment(local_cloud.home, account)
    stack = new_stack("elsewhere", {"aws:allowedAccountIds": f'["{account}"]'})

    def program() -> None:
        queue = aws.sqs.Queue("of-account")
        pulumi.export("arn", queue.arn)
        pulumi.export("account", aws.get_caller_identity().account_id)

    outputs = stack.up(program).outputs
    assert outputs["arn"].value.startswith(f"arn:aws:sqs:us-east-1:{account}:of-account-")
    assert outputs["account"].value == account
    assert "QueueUrls" not in cloud.aws("sqs").list_queues(QueueNamePrefix="of-account-")
    assert stack.preview(program).change_summary == {"same": 2}
    stack.stack.destroy()


def test_wrong_inputs_fail_in_preview_with_their_place(new_stack: Callable[..., Stack]) -> None:
    program = """
        import pulumi_aws as aws

        variant = aws.sagemaker.EndpointConfigurationProductionVariantArgs(
            variant_name="main", model_name="m", instance_type="m5.large", initial_instance_count=0
        )
        aws.sagemaker.EndpointConfiguration("config", production_variants=[variant])
    """
    said = new_stack("wrong").failure(program, "preview")
    assert "productionVariants[0].instanceType" in said
    assert '"m5.large" is not one of ml.' in said
    assert "productionVariants[0].initialInstanceCount must be at least 1, and is 0" in said


def test_secrets_stay_secret(new_stack: Callable[..., Stack], cloud: Cloud) -> None:
    stack = new_stack("secrets")

    def program() -> None:
        aws.sns.Topic("topic", tags={"token": pulumi.Output.secret("hush-hush")})
        aws.ssm.Parameter("parameter", type="SecureString", value=pulumi.Output.secret("hush-hush"))

    stack.up(program)
    assert "hush-hush" not in stack.stored()
    stack.stack.refresh()
    assert "hush-hush" not in stack.stored()
    assert stack.preview(program).change_summary == {"same": 3}
    stack.stack.destroy()


def test_functions_answer(new_stack: Callable[..., Stack], cloud: Cloud) -> None:
    for name in ("a", "b"):
        cloud.aws("ssm").put_parameter(Name=f"/functions/release/{name}", Type="String", Value=name, Overwrite=True)

    def program() -> None:
        pulumi.export("account", aws.get_caller_identity().account_id)
        pulumi.export("region", aws.get_region().region)
        pulumi.export("partition", aws.get_partition().partition)
        pulumi.export("found", aws.ssm.get_parameters_by_path(path="/functions/release").values)
        pulumi.export("nothing", aws.ssm.get_parameters_by_path(path="/functions/nothing").values)

    outputs = {name: each.value for name, each in new_stack("functions").up(program).outputs.items()}
    assert outputs == {
        "account": "000000000000",
        "region": "us-east-1",
        "partition": "aws",
        "found": ["a", "b"],
        "nothing": [],
    }


def test_a_creation_that_stops_half_way_is_finished_by_the_next_run(
    new_stack: Callable[..., Stack], cloud: Cloud
) -> None:
    program = """
        import pulumi
        import pulumi_aws as aws

        trust = (
            '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "a.amazonaws.com"},'
            ' "Action": "sts:AssumeRole"}]}'
        )
        policies = ["arn:aws:iam::000000000000:policy/late"]
        tags = {"token": pulumi.Output.secret("hush-hush")}
        aws.iam.Role("half", name="half", assume_role_policy=trust, managed_policy_arns=policies, tags=tags)
    """

    def run() -> None:
        exec(textwrap.dedent(program), {})

    stack = new_stack("half")
    assert "AttachRolePolicy" in stack.failure(program)
    assert "hush-hush" not in stack.stored()
    assert [each["id"] for each in stack.resources() if each["type"].endswith(":Role")] == ["half"]
    _create_policy(cloud, "late")
    stack.up(run)
    attached = cloud.aws("iam").list_attached_role_policies(RoleName="half")["AttachedPolicies"]
    assert [each["PolicyName"] for each in attached] == ["late"]
    assert stack.preview(run).change_summary == {"same": 2}
    stack.stack.destroy()


def _create_policy(cloud: Cloud, name: str) -> None:
    statement: dict[str, Any] = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    cloud.aws("iam").create_policy(PolicyName=name, PolicyDocument=document)


def test_a_store_with_data_is_not_destroyed(new_stack: Callable[..., Stack], cloud: Cloud) -> None:
    stack = new_stack("kept")
    stack.up(lambda: pulumi.export("bucket", aws.s3.Bucket("kept").bucket))
    name = stack.stack.outputs()["bucket"].value
    cloud.aws("s3").put_object(Bucket=name, Key="a", Body=b"a")
    with pytest.raises(CommandError, match="BucketNotEmpty"):
        stack.stack.destroy(run_program=False)
    cloud.aws("s3").delete_object(Bucket=name, Key="a")
    stack.stack.destroy()
    assert stack.resources() == []


def test_a_versioned_store_is_emptied_where_the_program_allows_it(
    new_stack: Callable[..., Stack], cloud: Cloud
) -> None:
    def program() -> None:
        bucket = aws.s3.Bucket("emptied", force_destroy=True)
        pulumi.export("bucket", bucket.bucket)

    stack = new_stack("emptied")
    stack.up(program)
    name = stack.stack.outputs()["bucket"].value
    s3 = cloud.aws("s3")
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    for body in (b"one", b"two"):
        s3.put_object(Bucket=name, Key="a", Body=body)
    s3.delete_object(Bucket=name, Key="a")
    stack.stack.destroy()
    assert name not in [each["Name"] for each in s3.list_buckets()["Buckets"]]


def test_names_follow_the_stacks_autonaming(new_stack: Callable[..., Stack]) -> None:
    stack = new_stack("named")
    stack.stack.set_config("pulumi:autonaming.pattern", pulumi.automation.ConfigValue("${name}-x"), path=True)
    stack.up(lambda: pulumi.export("name", aws.sns.Topic("topic").name))
    assert stack.stack.outputs()["name"].value == "topic-x"
    stack.stack.destroy()
