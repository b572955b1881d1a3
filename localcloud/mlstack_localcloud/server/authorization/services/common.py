"""The services whose requests name their operation: the resource of each, by the member that names it.

An operation whose request names none of these members acts on `*`: it lists, or makes what has no name yet. So a
narrower statement does not allow it, as in AWS for the operations that know no resource.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..access import Place, arn
from ..encryption import key_arn
from ..sources import account_of, backend, role_named

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ..context import Values

Parameters = dict[str, Any]

PREFIXES = {"cloudcontrolapi": "cloudformation", "monitoring": "cloudwatch", "tagging": "tag"}
"""Actions' prefixes that are not the signing name."""

_OF_TAGS = frozenset({"ListTagsForResource", "TagResource", "UntagResource"})

FREE = frozenset({"sts:GetAccessKeyInfo", "sts:GetCallerIdentity", "sts:GetSessionToken"})
"""What every caller may do: https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html."""


def resources_of(service: str, operation: str, parameters: Parameters, place: Place) -> list[str]:
    """Return the ARNs that an operation acts on; `*` alone where it names none.

    Args:
        service: The signing name of the service.
        operation: The operation.
        parameters: Its members.
        place: Account and region of its caller.
    """
    tagged = parameters.get("resourceArn") or parameters.get("ResourceARN") if operation in _OF_TAGS else None
    if tagged:
        return [str(tagged).removesuffix(":*")]
    find = _FINDERS.get(service)
    return (find(operation, parameters, place) if find is not None else []) or ["*"]


def keys_of(service: str, parameters: Parameters, place: Place) -> dict[str, Values]:
    """Return the condition keys that an operation's members give, in lower case.

    Args:
        service: The signing name of the service.
        parameters: The members.
        place: Account and region of its caller.
    """
    keys: dict[str, Values] = {
        key: (str(parameters[member]),)
        for member, key in _KEYS.get(service, {}).items()
        if parameters.get(member) is not None
    }
    if service == "iam":
        keys = {**_boundary_of_role(parameters, place), **keys}
    return {**keys, **tag_keys(parameters)}


def _boundary_of_role(parameters: Parameters, place: Place) -> dict[str, Values]:
    """The boundary of the role that is changed, which a policy may ask for; a request may bring a new one instead."""
    role = role_named(place.account, str(parameters.get("RoleName") or ""))
    boundary = getattr(role, "permissions_boundary_arn", None)
    return {"iam:permissionsboundary": (str(boundary),)} if boundary else {}


def tag_keys(parameters: Parameters) -> dict[str, Values]:
    """Return the keys of the tags that a request gives: `aws:RequestTag/...` and `aws:TagKeys`.

    Args:
        parameters: The members.
    """
    given = parameters.get("Tags", parameters.get("tags"))
    if isinstance(given, dict):
        tags = {str(name): str(value) for name, value in given.items()}
    elif isinstance(given, list):
        # KMS's tags are TagKey and TagValue, ECR's and some others' are lower case.
        pairs = [{name.lower().removeprefix("tag"): value for name, value in each.items()} for each in given]
        tags = {str(pair.get("key", "")): str(pair.get("value", "")) for pair in pairs}
    else:
        return {}
    return {**{f"aws:requesttag/{name.lower()}": (value,) for name, value in tags.items()}, "aws:tagkeys": tuple(tags)}


def passed_roles(service: str, operation: str, parameters: Parameters) -> list[tuple[str, str]]:
    """Return the roles that an operation hands to a service: the role's ARN and the service's name.

    Args:
        service: The signing name of the service.
        operation: The operation.
        parameters: Its members.
    """
    if service == "events" and operation == "PutTargets":
        targets = parameters.get("Targets", [])
        return [(target["RoleArn"], "events.amazonaws.com") for target in targets if target.get("RoleArn")]
    if service == "codebuild":
        roles = [parameters.get("serviceRole"), parameters.get("serviceRoleOverride")]
        return [(role, "codebuild.amazonaws.com") for role in roles if role]
    return []


def _codebuild(_operation: str, parameters: Parameters, place: Place) -> list[str]:
    # Builds are judged by their projects, whose names are the first part of their ids.
    builds = [str(each) for each in (parameters.get("ids") or [parameters.get("id")]) if each]
    named = [each.rpartition(":build/")[2].partition(":")[0] for each in builds]
    given = [parameters.get("projectName"), parameters.get("name"), *(parameters.get("names") or []), *named]
    names = dict.fromkeys(str(each).rpartition(":project/")[2] for each in given if each)
    return [arn("codebuild", place, f"project/{name}") for name in names]


def _logs(operation: str, parameters: Parameters, place: Place) -> list[str]:
    # CloudWatch Logs authorises operations on groups as `log-group:NAME:log-stream:`.
    group = parameters.get("logGroupName") or parameters.get("logGroupIdentifier") or ""
    if operation == "DescribeLogGroups":
        return [arn("logs", place, "log-group::log-stream:")]
    if not group:
        return []
    group = group.rpartition("log-group:")[2].removesuffix(":*")
    return [arn("logs", place, f"log-group:{group}:log-stream:{parameters.get('logStreamName') or ''}")]


def _kms(_operation: str, parameters: Parameters, place: Place) -> list[str]:
    key = parameters.get("KeyId") or parameters.get("TargetKeyId")
    found = [key_arn(key, place)] if key else []
    # Aliases are resources of their own: the alias and its key must both be allowed.
    return [*found, arn("kms", place, parameters["AliasName"])] if parameters.get("AliasName") else found


def _sns(_operation: str, parameters: Parameters, place: Place) -> list[str]:
    topic = parameters.get("TopicArn") or parameters.get("ResourceArn") or parameters.get("TargetArn")
    subscription = parameters.get("SubscriptionArn")
    if not topic and subscription:
        topic = subscription.rpartition(":")[0]
    if not topic and parameters.get("Name"):
        topic = arn("sns", place, parameters["Name"])
    return [topic] if topic else []


def _sqs(_operation: str, parameters: Parameters, place: Place) -> list[str]:
    path, _, name = str(parameters.get("QueueUrl") or "").rpartition("/")
    owner = parameters.get("QueueOwnerAWSAccountId") or path.rpartition("/")[2]
    place = place._replace(account=owner) if owner.isdigit() else place
    name = parameters.get("QueueName") or name
    return [arn("sqs", place, name)] if name else []


def _ssm(operation: str, parameters: Parameters, place: Place) -> list[str]:
    if "Parameter" not in operation:
        return []
    path = parameters.get("Path")
    names = [parameters["Name"]] if parameters.get("Name") else list(parameters.get("Names") or [])
    names += [path] if path else []
    return [name if name.startswith("arn:") else arn("ssm", place, f"parameter/{name.lstrip('/')}") for name in names]


def _ecr(_operation: str, parameters: Parameters, place: Place) -> list[str]:
    names = [parameters["repositoryName"]] if parameters.get("repositoryName") else []
    names += list(parameters.get("repositoryNames") or [])
    place = place._replace(account=parameters.get("registryId") or place.account)
    return [arn("ecr", place, f"repository/{name}") for name in names]


def _events(_operation: str, parameters: Parameters, place: Place) -> list[str]:
    if "Entries" in parameters:
        buses = [str(entry.get("EventBusName") or "default") for entry in parameters["Entries"]]
        return list(dict.fromkeys(bus if ":" in bus else arn("events", place, f"event-bus/{bus}") for bus in buses))
    rule = parameters.get("Rule") or parameters.get("Name")
    bus = str(parameters.get("EventBusName") or "default").rpartition("/")[2]
    return [arn("events", place, f"rule/{rule}" if bus == "default" else f"rule/{bus}/{rule}")] if rule else []


def _cloudwatch(operation: str, parameters: Parameters, place: Place) -> list[str]:
    if "Alarm" not in operation:
        return []
    names = [parameters["AlarmName"]] if parameters.get("AlarmName") else list(parameters.get("AlarmNames") or [])
    return [arn("cloudwatch", place, f"alarm:{name}") for name in names]


def _secrets(_operation: str, parameters: Parameters, place: Place) -> list[str]:
    name = parameters.get("SecretId") or parameters.get("Name")
    if not name or name.startswith("arn:"):
        return [name] if name else []
    store = dict.values(backend("secretsmanager", *place, "secrets"))
    found = next((secret.arn for secret in list(store) if secret.name == name), None)
    # A secret's ARN ends in six random characters, which one that is not there has not.
    return [found or arn("secretsmanager", place, f"secret:{name}-??????")]


def _iam(_operation: str, parameters: Parameters, place: Place) -> list[str]:
    if parameters.get("PolicyArn") and "RoleName" not in parameters and "UserName" not in parameters:
        return [parameters["PolicyArn"]]
    for member, kind in (("RoleName", "role"), ("UserName", "user"), ("GroupName", "group"), ("PolicyName", "policy")):
        if parameters.get(member):
            name = parameters[member]
            known = role_named(place.account, name) if kind == "role" else None
            path = parameters.get("Path", "/")
            return [known.arn if known is not None else f"arn:aws:iam::{place.account}:{kind}{path}{name}"]
    return []


def _scaling(operation: str, parameters: Parameters, place: Place) -> list[str]:
    # A target's ARN ends in an id of AWS's choice, by which no policy names it. What describes knows no resource.
    target = parameters.get("ResourceId") if not operation.startswith("Describe") else None
    return [arn("application-autoscaling", place, f"scalable-target/{target}")] if target else []


def _sts(_operation: str, parameters: Parameters, _place: Place) -> list[str]:
    return [parameters["RoleArn"]] if parameters.get("RoleArn") else []


_FINDERS: Mapping[str, Callable[[str, Parameters, Place], list[str]]] = {
    "application-autoscaling": _scaling,
    "codebuild": _codebuild,
    "ecr": _ecr,
    "events": _events,
    "iam": _iam,
    "kms": _kms,
    "logs": _logs,
    "monitoring": _cloudwatch,
    "secretsmanager": _secrets,
    "sns": _sns,
    "sqs": _sqs,
    "ssm": _ssm,
    "sts": _sts,
}

_KEYS: Mapping[str, Mapping[str, str]] = {
    "iam": {
        "AWSServiceName": "iam:awsservicename",
        "PermissionsBoundary": "iam:permissionsboundary",
        "PolicyArn": "iam:policyarn",
    },
    "monitoring": {"Namespace": "cloudwatch:namespace"},
    "sns": {"Protocol": "sns:protocol", "Endpoint": "sns:endpoint"},
    "sts": {"ExternalId": "sts:externalid", "RoleSessionName": "sts:rolesessionname"},
}


def key_of_topic(topic_arn: str) -> str | None:
    """Return the key that encrypts a topic, or None."""
    return getattr(
        backend("sns", account_of(topic_arn), topic_arn.split(":")[3], "topics").get(topic_arn),
        "kms_master_key_id",
        None,
    )


def key_of_queue(place: Place, name: str) -> str | None:
    """Return the key that encrypts a queue, or None."""
    return getattr(backend("sqs", *place, "queues").get(name), "kms_master_key_id", None)
