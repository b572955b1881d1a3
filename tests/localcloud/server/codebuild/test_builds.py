"""CodeBuild: builds run their commands under the role of their project, and nothing else of the user's."""

from __future__ import annotations

import io
import json
import time
import zipfile

import pytest
from botocore.exceptions import ClientError

from .conftest import LINUX, SECONDS, allow, policy, spec


def phases_of(build):
    return {phase["phaseType"]: phase.get("phaseStatus") for phase in build["phases"]}


def test_commands_share_a_shell_and_are_logged(builds):
    variables = [{"name": "WORD", "value": "given"}]
    builds.project(
        spec(install=["mkdir below && cd below", "export SAID=$WORD"], build=['echo "$SAID in ${PWD##*/}"']),
        environment={**LINUX, "environmentVariables": variables},
    )
    build = builds.built()
    assert build["buildStatus"] == "SUCCEEDED"
    assert "given in below" in builds.lines(build)
    assert build["logs"]["groupName"] == f"/aws/codebuild/{builds.name}"
    assert phases_of(build)["BUILD"] == "SUCCEEDED"
    over = builds.built(environmentVariablesOverride=[{"name": "WORD", "value": "other"}])
    assert "other in below" in builds.lines(over)
    listed = builds.codebuild.list_builds_for_project(projectName=builds.name)["ids"]
    assert listed == [over["id"], build["id"]]
    assert (build["buildNumber"], over["buildNumber"]) == (1, 2)


def test_a_command_that_fails_fails_the_build_and_post_build_still_runs(builds):
    builds.project(spec(build=["exec_nothing_of_that_name", "echo never"], post_build=["echo after"]))
    build = builds.built()
    assert build["buildStatus"] == "FAILED"
    phases = {phase["phaseType"]: phase for phase in build["phases"]}
    assert phases["BUILD"]["phaseStatus"] == "FAILED"
    assert "exit status 127" in phases["BUILD"]["contexts"][0]["message"]
    assert phases["POST_BUILD"]["phaseStatus"] == "SUCCEEDED"
    lines = builds.lines(build)
    assert "after" in lines
    assert "never" not in lines


def test_source_and_artifacts_are_moved_with_the_rights_of_the_role(builds):
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("buildspec.yml", "version: 0.2\nphases: {build: {commands: [cp in.txt out.txt]}}\n"
                        "artifacts: {files: ['out.*']}\n")  # fmt: skip
        packed.writestr("in.txt", "content")
    builds.s3.put_object(Bucket=builds.name, Key="source.zip", Body=archive.getvalue())
    builds.project(
        source={"type": "S3", "location": f"{builds.name}/source.zip"},
        artifacts={"type": "S3", "location": builds.name, "path": "made", "name": "here"},
    )
    denied = builds.built()
    assert denied["buildStatus"] == "FAILED"
    download = next(phase for phase in denied["phases"] if phase["phaseType"] == "DOWNLOAD_SOURCE")
    assert "s3:GetObject" in download["contexts"][0]["message"]
    builds.may(allow(["s3:GetObject", "s3:PutObject"], f"arn:aws:s3:::{builds.name}/*"))
    assert builds.built()["buildStatus"] == "SUCCEEDED"
    made = builds.s3.get_object(Bucket=builds.name, Key="made/here/out.txt")
    assert made["Body"].read() == b"content"


def test_a_build_holds_keys_of_its_role_and_nothing_of_the_users(builds, monkeypatch):
    monkeypatch.setenv("OF_THE_USER", "secret")
    builds.project(spec(build=['echo "user=[$OF_THE_USER] key=$AWS_ACCESS_KEY_ID token=${AWS_SESSION_TOKEN:+there}"']))
    line = next(line for line in builds.lines(builds.built()) if line.startswith("user="))
    assert line.startswith("user=[] key=ASIA")
    assert line.endswith("token=there")


def test_a_build_that_takes_long_is_stopped_and_the_limit_of_the_project_holds(builds):
    builds.project(spec(build=["echo begun", "sleep 600"]), concurrentBuildLimit=1)
    build = builds.start()
    builds.until(build, lambda found: found["currentPhase"] == "BUILD")
    with pytest.raises(ClientError, match="Cannot have more than 1 active builds") as refused:
        builds.start()
    assert refused.value.response["Error"]["Code"] == "AccountLimitExceededException"
    builds.codebuild.stop_build(id=build)
    stopped = builds.until(build, lambda found: found["buildComplete"])
    assert stopped["buildStatus"] == "STOPPED"
    builds.codebuild.update_project(name=builds.name, source={"type": "NO_SOURCE", "buildspec": spec(build=["true"])})
    assert builds.built()["buildStatus"] == "SUCCEEDED"


def test_a_role_that_codebuild_may_not_take_is_refused(builds):
    trust = {"Effect": "Allow", "Principal": {"Service": "sagemaker.amazonaws.com"}, "Action": "sts:AssumeRole"}
    builds.iam.update_assume_role_policy(RoleName=builds.name, PolicyDocument=policy(trust))
    with pytest.raises(ClientError, match="CodeBuild is not authorized to perform: sts:AssumeRole"):
        builds.project(spec(build=["true"]))


def test_what_is_not_implemented_is_refused_by_its_name(builds):
    with pytest.raises(ClientError, match="no sources of the type GITHUB"):
        builds.project(source={"type": "GITHUB", "location": "https://github.com/a/b"})
    builds.project(json.dumps({"version": "0.2", "reports": {}, "phases": {}}))
    build = builds.built()
    assert "does not implement reports" in str(build["phases"])
    with pytest.raises(ClientError, match="CreateWebhook"):
        builds.codebuild.create_webhook(projectName=builds.name)


def test_a_rule_starts_a_build_whose_end_is_told(builds, wire):
    events, sqs = wire.client("events"), wire.client("sqs")
    queue = sqs.create_queue(QueueName=builds.name)["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"Policy": policy(
        {**allow("sqs:SendMessage", arn), "Principal": {"Service": "events.amazonaws.com"}})})  # fmt: skip
    project = builds.project(spec(build=["true"]))
    trust = {"Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, "Action": "sts:AssumeRole"}
    starter = f"{builds.name}-start"
    role = builds.iam.create_role(RoleName=starter, AssumeRolePolicyDocument=policy(trust))["Role"]["Arn"]
    builds.iam.put_role_policy(
        RoleName=starter, PolicyName="start", PolicyDocument=policy(allow("codebuild:StartBuild", project["arn"]))
    )
    ended = {"source": ["aws.codebuild"], "detail": {"project-name": [builds.name], "build-status": ["SUCCEEDED"]}}
    for name, pattern, target in (
        (f"{builds.name}-begin", {"source": [builds.name]}, {"Arn": project["arn"], "RoleArn": role}),
        (f"{builds.name}-end", ended, {"Arn": arn}),
    ):
        events.put_rule(Name=name, EventPattern=json.dumps(pattern))
        events.put_targets(Rule=name, Targets=[{"Id": "one", **target}])
    events.put_events(Entries=[{"Source": builds.name, "DetailType": "begin", "Detail": "{}"}])
    told = []
    deadline = time.monotonic() + SECONDS
    while not told:
        assert time.monotonic() < deadline
        told = sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=2).get("Messages", [])
    event = json.loads(told[0]["Body"])
    assert event["detail-type"] == "CodeBuild Build State Change"
    assert builds.get(event["detail"]["build-id"])["buildStatus"] == "SUCCEEDED"
