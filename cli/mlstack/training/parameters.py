"""`--set name=value` against the parameters that the pipeline declares.

Checked before the run starts, because the pipeline itself would find out only in the step that uses the value.
"""

from __future__ import annotations

import difflib
import json
import math
from typing import TYPE_CHECKING, Any

from mlstack_components.errors import UserError
from mlstack_stacks.spec.model_card import is_cardable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def parse_settings(settings: Sequence[str], definition: Mapping[str, Any]) -> dict[str, str]:
    """Read the values given on the command line.

    Args:
        settings: `name=value`, as typed; the last one of a name wins.
        definition: The pipeline definition.

    Returns:
        Values by parameter name, as StartPipelineExecution takes them.

    Raises:
        UserError: No `=`, a parameter that the pipeline lacks, or a value of another type.
    """
    declared = {parameter["Name"]: parameter for parameter in definition.get("Parameters", [])}
    chosen: dict[str, str] = {}
    for setting in settings:
        name, separator, value = setting.partition("=")
        if not separator or not name:
            raise UserError(f"`--set {setting}` has no value.", next_step="Write it as --set max_depth=8.")
        if name not in declared:
            raise UserError(
                f"The pipeline has no parameter `{name}`.", next_step=_suggestion(name, list(declared), definition)
            )
        chosen[name] = _checked(name, value, declared[name])
        _check_card(name, value, definition)
    return chosen


def _check_card(name: str, value: str, definition: Mapping[str, Any]) -> None:
    """Refuse what would break the model card, which the run would find out only after all the training."""
    if not is_cardable(value) and '"ModelCard"' in json.dumps(definition):
        raise UserError(
            f"`{name}` becomes a part of the model card, which takes no quotes, backslashes and control characters.",
            next_step="Choose another value, or leave out `registry.card` in mlstack.yaml.",
        )


def _suggestion(name: str, known: list[str], definition: Mapping[str, Any]) -> str:
    if name in _tuned(definition):
        return "Tuning chooses it. Change its range in `steps.tune.ranges` of mlstack.yaml, then `mlstack up`."
    near = difflib.get_close_matches(name, known, n=1)
    if near:
        return f"Did you mean `{near[0]}`?"
    return (
        f"It has {', '.join(known)}. A new hyperparameter goes into `steps.train.hyperparameters` of mlstack.yaml, "
        "then `mlstack up`."
    )


def _tuned(definition: Mapping[str, Any]) -> set[str]:
    configs = (
        step["Arguments"]["HyperParameterTuningJobConfig"]
        for step in definition.get("Steps", [])
        if step.get("Type") == "Tuning"
    )
    return {each["Name"] for config in configs for kind in config["ParameterRanges"].values() for each in kind}


def _checked(name: str, value: str, parameter: Mapping[str, Any]) -> str:
    kind = parameter.get("Type", "String")
    if not _fits(value, kind):
        article = "an" if kind == "Integer" else "a"
        raise UserError(
            f"`{name}` takes {article} {kind.lower()}, and `{value}` is none.",
            next_step=f"Its default is {parameter.get('DefaultValue')}.",
        )
    allowed = [str(choice) for choice in parameter.get("EnumValues", [])]
    if allowed and value not in allowed:
        raise UserError(f"`{name}` cannot be `{value}`.", next_step=f"It takes {', '.join(allowed)}.")
    return value.lower() if kind == "Boolean" else value


def _fits(value: str, kind: str) -> bool:
    try:
        if kind == "Integer":
            int(value)
        elif kind == "Float":
            return math.isfinite(float(value))
        elif kind == "Boolean":
            return value.lower() in {"true", "false"}
    except ValueError:
        return False
    return True
