"""Whether who asks may do what bringing the environment up, changing it and taking it down needs.

The provider's table knows the operations of each resource type. IAM is asked to simulate them, first for any resource;
what is refused then, for a resource of the name that the plan has, as policies may be narrower. Not seen by a
simulation: policies of resources, and conditions whose keys it does not know.
(https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_testing-policies.html)
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from mlstack.cloud.errors import error_code, error_message
from mlstack.preflight.needed import needed_by
from mlstack.preflight.outcome import NotKnownError, Outcome, Result

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mlstack_components.aws.placement import Placement

    from mlstack.preflight.needed import Needed
    from mlstack.preflight.subject import Subject

_ASSUMED = re.compile(r"arn:[^:]+:sts::\d+:assumed-role/(?P<role>[^/]+)/")
_ENTITY = re.compile(r"arn:[^:]+:iam::\d+:(user|role)/")
_ACTIONS_A_CALL = 50
_ANY = "*"
_ALLOWED = "allowed"

_Refusals = dict[str, tuple[str, ...]]
"""Refused actions, each with the condition keys that the simulation did not know."""


def check(subject: Subject) -> Outcome:
    """Simulates what the plan needs.

    Args:
        subject: The environment.
    """
    from botocore.exceptions import ClientError
    from mlstack_components.aws.placement import Placement

    if subject.spec.is_local:
        return Outcome.ok("The keys of the local cloud's user may do everything.")
    iam, needed = subject.require_session().client("iam"), needed_by(subject.require_plan())
    everything = {action for each in needed for action in each.actions}
    try:
        source = _policy_source(iam, subject.caller)
        refused = _refused(iam, source, needed, Placement(subject.spec.account, subject.spec.region))
    except ClientError as error:
        raise NotKnownError(
            f"Whether {len(everything)} actions are allowed can't be told: {error_message(error).rstrip('.')} "
            f"({error_code(error)}).",
            next_step="Ask for iam:SimulatePrincipalPolicy and iam:GetRole.",
        ) from error
    return _outcome(source, len(everything), refused)


def _outcome(source: str, count: int, refused: _Refusals) -> Outcome:
    if not refused:
        return Outcome.ok(f"All of {count} actions that the plan needs are allowed.")
    details = tuple(
        f"{action} (depends on {', '.join(keys)})" if keys else action for action, keys in sorted(refused.items())
    )
    certain = sorted(action for action, keys in refused.items() if not keys)
    if not certain:
        return Outcome(
            Result.WARNING,
            f"{len(refused)} of {count} actions depend on conditions that a simulation does not know.",
            "Compare them with the conditions in the policies.",
            details,
        )
    return Outcome(
        Result.FAILURE,
        f"{len(certain)} of {count} actions that the plan needs are not allowed, such as {certain[0]}.",
        f"Ask for them for {source}.",
        details,
    )


def _policy_source(iam: Any, caller: str) -> str:
    """Whose policies are simulated: a session has those of its role, whose ARN has a path that the session's has not.

    Raises:
        NotKnownError: The caller is the account's root or a federated user, which cannot be simulated.
    """
    assumed = _ASSUMED.match(caller)
    if assumed is not None:
        return str(iam.get_role(RoleName=assumed["role"])["Role"]["Arn"])
    if _ENTITY.match(caller) is None:
        raise NotKnownError(
            f"What {caller} may do can't be simulated; that is possible for users and roles only.",
            next_step="Use a role for deployments.",
        )
    return caller


def _refused(iam: Any, source: str, needed: list[Needed], placement: Placement) -> _Refusals:
    everything = sorted({action for each in needed for action in each.actions})
    suspects = _simulated(iam, source, everything, _ANY)
    by_arn: dict[str, set[str]] = {}
    for each in needed:
        for action in each.actions & suspects.keys():
            by_arn.setdefault(each.arn(action, placement), set()).add(action)
    refused = {action: suspects[action] for action in by_arn.get(_ANY, ())}
    for arn, actions in by_arn.items():
        if arn != _ANY:
            refused |= _simulated(iam, source, sorted(actions), arn)
    return refused


def _simulated(iam: Any, source: str, actions: Sequence[str], arn: str) -> _Refusals:
    pages = iam.get_paginator("simulate_principal_policy")
    found: _Refusals = {}
    for start in range(0, len(actions), _ACTIONS_A_CALL):
        names = list(actions[start : start + _ACTIONS_A_CALL])
        for page in pages.paginate(PolicySourceArn=source, ActionNames=names, ResourceArns=[arn]):
            for each in page["EvaluationResults"]:
                if each["EvalDecision"] != _ALLOWED:
                    found[each["EvalActionName"]] = tuple(each.get("MissingContextValues", ()))
    return found
