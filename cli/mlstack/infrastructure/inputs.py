"""What AWS would refuse of a project's inputs, told as mistakes of mlstack.yaml before anything is called.

Stages: the local cloud's table turns properties into AWS's requests and checks them by botocore's models; stacks say
which key of mlstack.yaml a property comes from; here the two meet. What the user's own program declares has no key
there and is told by the name of its resource.

Without botocore's models nothing is checked, and a warning says so.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from mlstack_components.errors import Problem, SpecError
from mlstack_stacks.naming import Names
from mlstack_stacks.plan.batch import planned_batch_definition
from mlstack_stacks.plan.definition import planned_definition
from mlstack_stacks.plan.resources import SECRET, UNKNOWN, Warn
from mlstack_stacks.spec import EnvironmentSpec
from mlstack_stacks.spec.files import shown
from mlstack_stacks.spec.problems import did_you_mean
from mlstack_stacks.spec.values import closest
from mlstack_stacks.spec_keys import ORIGINS, Origin, place_near, spec_key

from mlstack.home import cache_home

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from mlstack_localcloud.provider.planned import PlannedChecks
    from mlstack_localcloud.provider.shapes import Problem as Found
    from mlstack_stacks.plan.resources import Plan, PlannedResource
    from mlstack_stacks.spec.stack import StackSpec

_PIPELINE = "aws:sagemaker/pipeline:Pipeline"
_DEFINITION = "pipelineDefinition"
_STACKS = ("mlstack:stacks:Project", "mlstack:stacks:Platform")
_LONGEST_REASON = 300


def refuse_inputs(spec: StackSpec, plan: Plan, infra: Path) -> tuple[Warn, ...]:
    """Refuses a plan that AWS would refuse.

    Args:
        spec: The specification of the environment.
        plan: Its plan, from check mode.
        infra: The folder of the Pulumi program.

    Returns:
        What was not checked.

    Raises:
        SpecError: AWS would refuse something; all of it at once.
    """
    try:
        found, passed_over = _findings(spec, plan)
    except ImportError as error:
        return (_not_checked(error),)
    _refuse(
        _in_spec(spec, resource.name, problem)
        if _is_declared(spec, plan, resource)
        else _in_program(resource, problem, infra)
        for resource, problem in found
    )
    return tuple(_passed_over(passed_over))


def refuse_pipeline(spec: EnvironmentSpec) -> None:
    """Refuses what AWS would refuse of the pipeline, as far as the specification alone tells: no program is run.

    Args:
        spec: The specification of the environment.

    Raises:
        SpecError: AWS would refuse something; all of it at once.
    """
    try:
        checks = _checks(spec)
        found = [(_pipeline_name(v), each) for v in spec.views().values() for each in _in_definition(v, checks)]
    except ImportError:
        return
    _refuse(_in_spec(spec, name, problem) for name, problem in found)


def _findings(spec: StackSpec, plan: Plan) -> tuple[list[tuple[PlannedResource, Found]], Sequence[str]]:
    from mlstack_localcloud.provider.planned import Planned

    checks = _checks(spec)
    resources = {each.urn: each for each in plan.resources if each.custom}
    checked = checks.resources(Planned(r.urn, r.type, r.name, r.properties) for r in resources.values())
    found = [(resources[each.urn], each.problem) for each in checked.findings]
    if isinstance(spec, EnvironmentSpec):
        definitions = {}
        for view in spec.views().values():
            definitions[_pipeline_name(view)] = planned_definition(view)
            definitions[f"{_prefix(view)}-batch"] = planned_batch_definition(view)
        for resource in resources.values():
            if resource.type == _PIPELINE and resource.name in definitions and _is_unknown(resource):
                definition = definitions[resource.name]
                found += [(resource, problem) for problem in _in_pipeline(definition, checks)]
    return found, checked.passed_over


def _checks(spec: StackSpec) -> PlannedChecks:
    from mlstack_localcloud.provider.planned import PlannedChecks

    return PlannedChecks(
        account=spec.account,
        region=spec.region,
        local=spec.is_local,
        unknown=(UNKNOWN, SECRET),
        folder=cache_home() / "aws-models",
    )


def _in_definition(spec: EnvironmentSpec, checks: PlannedChecks) -> Iterator[Found]:
    yield from _in_pipeline(planned_definition(spec), checks)


def _in_pipeline(definition: dict[str, Any] | None, checks: PlannedChecks) -> Iterator[Found]:
    if definition is not None:
        for problem in checks.pipeline(definition):
            yield replace(problem, path=f"{_DEFINITION}.{problem.path}")


def _is_unknown(resource: PlannedResource) -> bool:
    return resource.properties.get(_DEFINITION) == UNKNOWN


def _prefix(spec: StackSpec) -> str:
    return Names.of(spec).resource_prefix


def _pipeline_name(spec: StackSpec) -> str:
    return f"{_prefix(spec)}-pipeline"


def _is_declared(spec: StackSpec, plan: Plan, resource: PlannedResource) -> bool:
    """Whether the specification declares a resource, and not the user's own program."""
    by_urn = {each.urn: each for each in plan.resources}
    above: PlannedResource | None = resource
    while above is not None and above.type not in _STACKS:
        above = by_urn.get(above.parent or "")
    return above is not None and resource.name.startswith(f"{_prefix(spec)}-")


def _in_spec(spec: StackSpec, name: str, found: Found) -> Problem:
    place = place_near(spec, spec_key(spec, name, found.path, _origins(spec)))
    what = found.path.removeprefix(f"{_DEFINITION}.") or "a resource"
    message = f"AWS refuses it as {what} of {name}: {_reason(found)}."
    return Problem(shown(spec.file), place.line, place.key, message, _suggestion(found))


def _origins(spec: StackSpec) -> tuple[Origin, ...]:
    if isinstance(spec, EnvironmentSpec):
        return ORIGINS
    from mlstack_stacks.platform.spec_keys import ORIGINS as OF_PLATFORM

    return OF_PLATFORM


def _in_program(resource: PlannedResource, found: Found, infra: Path) -> Problem:
    program = infra / "__main__.py"
    key = f"{resource.name}.{found.path}" if found.path else resource.name
    message = f"{_reason(found)} ({resource.short_type})."
    return Problem(shown(program if program.is_file() else infra), 0, key, message, _suggestion(found))


def _reason(found: Found) -> str:
    reason = found.reason
    return f"{reason[:_LONGEST_REASON]}…" if len(reason) > _LONGEST_REASON else reason


def _suggestion(found: Found) -> str | None:
    guess = closest(found.given, list(found.allowed)) if found.allowed else None
    return did_you_mean(guess) if guess else None


def _refuse(problems: Iterable[Problem]) -> None:
    if found := list(dict.fromkeys(problems)):
        raise SpecError(found)


def _not_checked(error: ImportError) -> Warn:
    return Warn(
        "inputs_not_checked",
        f"inputs were not checked against AWS's service models: {error.name or error} is not installed.",
        next_step="Run `pip install 'mlstack[aws]'`.",
    )


def _passed_over(types: Sequence[str]) -> Iterator[Warn]:
    if types:
        yield Warn("types_not_checked", f"not checked against AWS's service models: {', '.join(types)}.")
