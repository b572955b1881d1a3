"""The bare script that a plan is compared with: the same resources with the same inputs, and nothing of mlstack's."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

_STACK_REFERENCE = "pulumi:pulumi:StackReference"
_HEAD = """
import pulumi
import pulumi_aws as aws


class Mocks(pulumi.runtime.Mocks):
    def new_resource(self, args):
        return f"{args.name}-id", {**args.inputs, "arn": f"arn:{args.name}", "name": args.name, "bucket": args.name}

    def call(self, args):
        return {}


pulumi.runtime.set_mocks(Mocks(), project="bare", stack="prod", preview=True)
parents = {}


def component(urn, type_, name, parent):
    parents[urn] = pulumi.ComponentResource(type_, name, {}, pulumi.ResourceOptions(parent=parents.get(parent)))


def program():
"""


def bare_program(resources: Iterable[Mapping[str, Any]]) -> str:
    """Return a script that registers resources under Pulumi's mocks.

    Args:
        resources: The resources of `mlstack plan --json`.
    """
    return _HEAD + "\n".join(map(_line, resources)) + "\n\n\npulumi.runtime.test(program)()\n"


def _line(resource: Mapping[str, Any]) -> str:
    urn, name, parent = resource["urn"], resource["name"], resource["parent"]
    if not resource["custom"]:
        return f"    component({urn!r}, {resource['type']!r}, {name!r}, {parent!r})"
    if resource["type"] == _STACK_REFERENCE:
        return f"    pulumi.StackReference({name!r})"
    _, place, kind = resource["type"].split(":")
    inputs = ", ".join(f"{_snake(key)}={_value(value)}" for key, value in resource["properties"].items())
    options = f"pulumi.ResourceOptions(parent=parents.get({parent!r}))"
    return f"    aws.{place.split('/')[0]}.{kind}({name!r}, {inputs}{', ' if inputs else ''}opts={options})"


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", name).lower()


def _value(value: Any) -> str:
    if isinstance(value, dict) and set(value) == {"path"}:
        return f"pulumi.FileAsset({value['path']!r})"
    return repr(value)
