"""What a target of an EventBridge rule gets: the event, a part of it, a constant, or a text made from a template.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

_STEP = re.compile(r"\.([^.\[\]]+)|\[(\d+)\]|\['([^']+)'\]")
_PLACEHOLDER = re.compile(r"<([\w.-]+)>")


def target_input(target: Mapping[str, Any], event: Mapping[str, Any], rule_arn: str) -> str:
    """Return the text that a target gets.

    Args:
        target: The target as PutTargets took it.
        event: The event as it is on the bus.
        rule_arn: The rule that matched.

    Returns:
        JSON, or the plain text that a template makes.
    """
    if target.get("Input") is not None:
        return str(target["Input"])
    if target.get("InputPath") is not None:
        return json.dumps(at_path(event, target["InputPath"]))
    transformer = target.get("InputTransformer")
    if transformer:
        return _transform(transformer, event, rule_arn)
    return json.dumps(event)


def with_paths_followed(target: Mapping[str, Any], event: Mapping[str, Any]) -> dict[str, Any]:
    """Return a target whose pipeline parameters that are paths into the event are what is there.

    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-targets.html, dynamic path parameters: the whole value
    is a path, such as `$.detail.object.key`, followed in the event itself and not in what a transformer makes of it.

    Args:
        target: The target as PutTargets took it.
        event: The event.
    """
    parameters = target.get("SageMakerPipelineParameters", {}).get("PipelineParameterList", [])
    if not any(each["Value"].startswith("$.") for each in parameters):
        return dict(target)
    return {
        **target,
        "SageMakerPipelineParameters": {"PipelineParameterList": [_followed(p, event) for p in parameters]},
    }


def _followed(parameter: Mapping[str, str], event: Mapping[str, Any]) -> dict[str, str]:
    if not parameter["Value"].startswith("$."):
        return dict(parameter)
    found = at_path(event, parameter["Value"])
    return {"Name": parameter["Name"], "Value": found if isinstance(found, str) else json.dumps(found)}


def at_path(event: Any, path: str) -> Any:
    """Return the part of an event at a path such as `$.detail.items[0]`; None where there is none.

    Args:
        event: The event.
        path: The path, from the root `$`.
    """
    found = event
    for match in _STEP.finditer(path.removeprefix("$")):
        name, index, quoted = match.groups()
        if index is not None:
            found = found[int(index)] if isinstance(found, list) and int(index) < len(found) else None
        else:
            found = found.get(name or quoted) if isinstance(found, dict) else None
    return found


def _transform(transformer: Mapping[str, Any], event: Mapping[str, Any], rule_arn: str) -> str:
    values = {name: at_path(event, path) for name, path in transformer.get("InputPathsMap", {}).items()}
    values |= {
        "aws.events.rule-arn": rule_arn,
        "aws.events.rule-name": rule_arn.rpartition("/")[2],
        "aws.events.event.ingestion-time": event["time"],
        "aws.events.event": {name: value for name, value in event.items() if name != "detail"},
        "aws.events.event.json": event,
    }
    text = _fill(transformer["InputTemplate"], values)
    try:
        filled = json.loads(text)
    except ValueError:
        return text
    return filled if isinstance(filled, str) else json.dumps(filled)


def _fill(template: str, values: Mapping[str, Any]) -> str:
    """Put values into a template: as JSON, but as they are inside a quoted string, whose quotes are there already."""
    parts: list[str] = []
    quoted = False
    position = 0
    for match in _PLACEHOLDER.finditer(template):
        before = template[position : match.start()]
        quoted ^= _quotes(before) % 2 == 1
        parts.append(before)
        parts.append(_text(values[match.group(1)], quoted=quoted) if match.group(1) in values else match.group())
        position = match.end()
    return "".join(parts) + template[position:]


def _quotes(text: str) -> int:
    return len(re.findall(r'(?<!\\)"', text))


def _text(value: Any, *, quoted: bool) -> str:
    if not quoted:
        return json.dumps(value)
    plain = value if isinstance(value, str) else json.dumps(value)
    return json.dumps(plain)[1:-1]
