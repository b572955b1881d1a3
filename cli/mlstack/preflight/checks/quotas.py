"""Whether SageMaker's quotas allow the instances of the plan.

Compared is what the plan needs at most with the account's quota, by SageMaker's own names of quotas, such as
`ml.m5.large for endpoint usage`. What already runs in the account counts against the same quotas and is not counted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlstack.preflight.instances import instances_of
from mlstack.preflight.outcome import Outcome, Result

if TYPE_CHECKING:
    from mlstack.preflight.instances import Instances
    from mlstack.preflight.subject import Subject

_SERVICE = "sagemaker"
_NOT_COUNTED = "what runs in the account already is not counted"
# The figure is the quota's name in Service Quotas; the request takes minutes to days.
_RAISE = "Raise it in the Service Quotas console of the region, under Amazon SageMaker."


def check(subject: Subject) -> Outcome:
    """Compares instances with quotas.

    Args:
        subject: The environment.
    """
    session, plan = subject.require_session(), subject.require_plan()
    if subject.spec.is_local:
        return Outcome.ok("The local cloud has no quotas.")
    needed = instances_of(subject.spec, plan)
    if not needed:
        return Outcome.ok("The plan has no instances that a quota limits.")
    quotas = _quotas(session.client("service-quotas"), {each.quota for each in needed})
    short = [each for each in needed if each.quota in quotas and quotas[each.quota] < each.count]
    if short:
        return Outcome(
            Result.FAILURE,
            f"{_compared(short[0], quotas)}{f', and {len(short) - 1} more quotas are too low' if short[1:] else ''}.",
            _RAISE,
            tuple(_compared(each, quotas) for each in short),
        )
    return _softer(needed, quotas)


def _softer(needed: list[Instances], quotas: dict[str, float]) -> Outcome:
    unnamed = tuple(each.quota for each in needed if each.quota not in quotas)
    if unnamed:
        return Outcome(
            Result.WARNING,
            f"Service Quotas knows no quota `{unnamed[0]}`, so the region may not have this instance type.",
            "Check whether the instance type is offered in the region.",
            unnamed,
        )
    tight = [each for each in needed if quotas[each.quota] < each.while_updating]
    if tight:
        return Outcome(
            Result.WARNING,
            f"{_compared(tight[0], quotas)}, which is enough to start, but an update runs old and new instances side "
            f"by side and needs {tight[0].while_updating}.",
            _RAISE,
            tuple(_compared(each, quotas) for each in tight),
        )
    return Outcome(
        Result.OK,
        f"{len(needed)} quotas of instances suffice; {_NOT_COUNTED}.",
        details=tuple(_compared(each, quotas) for each in needed),
    )


def _compared(each: Instances, quotas: dict[str, float]) -> str:
    return f"{each.quota}: the plan needs {each.count}, and the quota is {quotas[each.quota]:g}"


def _quotas(client: Any, names: set[str]) -> dict[str, float]:
    """The account's quotas of these names; those that it never changed may be told among AWS's defaults only."""
    found: dict[str, float] = {}
    for method in ("list_service_quotas", "list_aws_default_service_quotas"):
        if names <= found.keys():
            break
        for page in client.get_paginator(method).paginate(ServiceCode=_SERVICE):
            told = {each["QuotaName"]: each["Value"] for each in page["Quotas"] if each["QuotaName"] in names}
            found = {**told, **found}
    return found
