"""What an update would change in the cloud: the project as it is and as it would be, each planned in check mode.

Both are planned by `mlstack plan --check` in processes of their own, since the project's `infra/` is a program that may
hold anything. No engine, no account and no network take part. The downside: what somebody changed by hand isn't seen;
`mlstack plan` after the update shows that.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

ADDED, CHANGED, REPLACED, DELETED = "added", "changed", "replaced", "deleted"
# Of what a resource is made from; another commit alone changes nothing that a person would look at.
_COMMIT_TAG = "mlstack:commit"
_MINUTES = 5


@dataclass(frozen=True)
class ResourceChange:
    """A resource that an update changes.

    Attributes:
        kind: `added`, `changed`, `replaced` or `deleted`.
        type: Its type, such as `aws:sns/topic:Topic`.
        name: Its logical name.
        properties: The properties that differ; none of one that comes or goes.
    """

    kind: str
    type: str
    name: str
    properties: tuple[str, ...] = ()


@dataclass(frozen=True)
class EnvironmentChange:
    """What an update changes in one environment.

    Attributes:
        environment: Its name.
        resources: The resources, in the order of the plan.
        monthly_before: What a month costs as it is, in USD; None where it isn't there or can't be planned.
        monthly_after: What a month would cost, in USD; None likewise.
        problem: Why it can't be planned; None where it can.
    """

    environment: str
    resources: tuple[ResourceChange, ...] = ()
    monthly_before: float | None = None
    monthly_after: float | None = None
    problem: str | None = None


@dataclass(frozen=True)
class _Planned:
    resources: dict[str, dict[str, Any]]
    monthly: float | None
    problem: str | None = None


def cloud_changes(before: Path, after: Path) -> list[EnvironmentChange]:
    """What changes in each environment that the project would have; `local` counts where there is no other.

    Args:
        before: The project as it is.
        after: The project as it would be, conflicts included.
    """
    if not (after / "mlstack.yaml").is_file():
        return []
    environments = _environments(after)
    folders = [(folder, environment) for environment in environments for folder in (before, after)]
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        planned = list(pool.map(lambda each: _plan(*each), folders))
    pairs = zip(environments, planned[::2], planned[1::2], strict=True)
    return [_change(environment, old, new) for environment, old, new in pairs]


def _environments(project: Path) -> list[str]:
    from mlstack_components.errors import UserError
    from mlstack_stacks.spec import load_all

    try:
        specs = load_all(project / "mlstack.yaml", check_files=False).environments
    except UserError:
        return ["local"]
    return [name for name, spec in specs.items() if not spec.is_local] or ["local"]


def _plan(project: Path, environment: str) -> _Planned:
    command = [sys.executable, "-m", "mlstack", "plan", environment, "--check", "--cost", "--json"]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False, timeout=_MINUTES * 60)
    if done.returncode:
        return _Planned({}, None, (done.stderr.strip().splitlines() or ["it said nothing"])[0])
    document = json.loads(done.stdout)
    resources = {each["urn"]: each for each in document["resources"] if each["custom"]}
    return _Planned(resources, document["cost"]["monthly"])


def _change(environment: str, old: _Planned, new: _Planned) -> EnvironmentChange:
    if new.problem is not None:
        return EnvironmentChange(environment, problem=new.problem)
    resources = tuple(_resources(old.resources, new.resources, _replacing()))
    return EnvironmentChange(environment, resources, old.monthly, new.monthly)


def _resources(
    old: dict[str, dict[str, Any]], new: dict[str, dict[str, Any]], replacing: Callable[[str, list[str]], bool]
) -> Iterable[ResourceChange]:
    for urn, resource in new.items():
        kind, name = resource["type"], resource["name"]
        if urn not in old:
            yield ResourceChange(ADDED, kind, name)
            continue
        before, now = _comparable(old[urn]["properties"]), _comparable(resource["properties"])
        if changed := sorted(key for key in {*before, *now} if before.get(key) != now.get(key)):
            yield ResourceChange(REPLACED if replacing(kind, changed) else CHANGED, kind, name, tuple(changed))
    for urn, resource in old.items():
        if urn not in new:
            yield ResourceChange(DELETED, resource["type"], resource["name"])


def _comparable(value: Any) -> Any:
    """A value without what differs between two folders of the same files."""
    if isinstance(value, dict):
        if set(value) == {"path"}:
            return "a file"
        return {key: _comparable(each) for key, each in value.items() if key != _COMMIT_TAG}
    return [_comparable(each) for each in value] if isinstance(value, list) else value


def _replacing() -> Callable[[str, list[str]], bool]:
    """Tells whether a change of some properties makes another resource; nothing does where AWS's models are missing."""
    try:
        from mlstack_localcloud.provider.planned import PlannedChecks
    except ImportError:
        return lambda _type, _properties: False
    from mlstack.home import cache_home

    checks = PlannedChecks(account="0" * 12, region="", local=False, unknown=(), folder=cache_home() / "aws-models")

    def replaces(token: str, properties: list[str]) -> bool:
        try:
            return checks.is_replaced(token, properties)
        except ImportError:
            return False

    return replaces
