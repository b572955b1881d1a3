"""Whether the account has something already by a name that the plan would use.

Names that the provider makes up collide with nothing. What belongs to this environment's own stack is no collision.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlstack_components.errors import MlstackError
from mlstack_stacks.plan.resources import SECRET, UNKNOWN

from mlstack.infrastructure.remains import LOOKS, find_in_cloud
from mlstack.preflight.outcome import Outcome, Result

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlstack_stacks.plan.resources import PlannedResource

    from mlstack.engine.state import StateResource
    from mlstack.preflight.subject import Subject

_ALIAS = "aws:kms/alias:Alias"


def check(subject: Subject) -> Outcome:
    """Looks for each fixed name.

    Args:
        subject: The environment.
    """
    session, plan = subject.require_session(), subject.require_plan()
    try:
        ours = {(each.type, each.id) for each in subject.stack()}
        doubt = None
    except MlstackError as error:
        ours, doubt = set(), error
    fixed = [each for each in _fixed(subject, plan.resources) if (each.type, each.id) not in ours]
    taken = tuple(f"{each.type.rsplit(':', 1)[-1]} {each.id}" for each in fixed if _is_there(session, each))
    if not taken:
        return Outcome.ok(f"None of {len(fixed)} fixed names is taken.")
    if doubt is not None:
        return Outcome(
            Result.WARNING,
            f"{len(taken)} names are taken, and whether by this environment's own stack can't be told: {doubt.message}",
            doubt.next_step,
            taken,
        )
    return Outcome(
        Result.FAILURE,
        f"{taken[0]}{f' and {len(taken) - 1} more' if len(taken) > 1 else ''} is there already, and not of this stack.",
        "Take another name for the project in mlstack.yaml, or delete what is there.",
        taken,
    )


def _fixed(subject: Subject, resources: tuple[PlannedResource, ...]) -> Iterator[StateResource]:
    """The planned resources that have a name of their own, as they would be in the state."""
    from mlstack_localcloud.provider.api import surroundings
    from mlstack_localcloud.provider.registry import RESOURCE_TYPES, resource_type
    from mlstack_localcloud.provider.sources import fill

    from mlstack.engine.state import StateResource

    around = surroundings(subject.spec.account, subject.spec.region)
    for each in resources:
        if each.type not in RESOURCE_TYPES or not (each.type in LOOKS or each.type == _ALIAS):
            continue
        type_ = resource_type(each.type)
        known = {name: value for name, value in each.properties.items() if value not in (UNKNOWN, SECRET)}
        named = type_.identity and all(isinstance(known.get(name), str) for name in type_.identity)
        id_ = fill(type_.id, {**around, **known}) if named else None
        # By outputs that only AWS tells nothing can be looked for.
        if isinstance(id_, str) and (each.type == _ALIAS or LOOKS[each.type].output is None):
            yield StateResource(each.urn, each.type, id_, {}, known, custom=True, external=False, retained=False)


def _is_there(session: object, resource: StateResource) -> bool:
    from typing import Any

    from botocore.exceptions import ClientError

    from mlstack.cloud.errors import is_missing

    clients: Any = session
    if resource.type == _ALIAS:
        try:
            clients.client("kms").describe_key(KeyId=resource.id)
        except ClientError as error:
            if is_missing(error):
                return False
            raise
        return True
    found = find_in_cloud(clients, LOOKS[resource.type], resource)
    # Log groups are asked for by what their names begin with.
    groups = (found or {}).get("logGroups")
    return found is not None and (groups is None or any(each["logGroupName"] == resource.id for each in groups))
