"""Declares components under Pulumi's mocks and tells what was registered."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pulumi
import pytest
from mlstack_components.aws.placement import Placement
from pulumi.runtime import mocks as pulumi_mocks

if TYPE_CHECKING:
    from collections.abc import Callable

ACCOUNT = "111111111111"
REGION = "eu-west-1"
KEY_ARN = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/0f0f0f0f"


@dataclass(frozen=True)
class Declared:
    """A registered resource, as the engine would have got it."""

    type: str
    name: str
    inputs: dict[str, Any]
    parent: str
    retain_on_delete: bool
    dependencies: tuple[str, ...]
    ignore_changes: tuple[str, ...] = ()
    delete_before_replace: bool = False


@dataclass
class Declaration:
    """All that a program registered."""

    resources: list[Declared] = field(default_factory=list)
    component_outputs: dict[str, dict[str, Any]] = field(default_factory=dict)
    result: Any = None

    def one(self, type_: str, name: str | None = None) -> Declared:
        found = [each for each in self.resources if each.type == type_ and name in {None, each.name}]
        assert len(found) == 1, f"{len(found)} of {type_} {name or ''}"
        return found[0]

    def all(self, type_: str) -> list[Declared]:
        return [each for each in self.resources if each.type == type_]

    @property
    def types(self) -> list[str]:
        return sorted(each.type for each in self.resources if each.type.startswith("aws:"))


class _Cloud(pulumi_mocks.Mocks):
    def new_resource(self, args: pulumi_mocks.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        names = {
            "name": args.name,
            "bucket": args.name,
            "keyId": f"{args.name}-id",
            "url": f"https://queue/{args.name}",
        }
        computed = {"arn": f"arn:aws:made:::{args.name}", "repositoryUrl": f"registry/{args.name}"}
        return f"{args.name}-id", {**computed, **names, **args.inputs}

    def call(self, args: pulumi_mocks.MockCallArgs) -> tuple[dict[str, Any], None]:
        raise AssertionError(f"components look nothing up: {args.token}")


class _Monitor(pulumi_mocks.MockMonitor):
    def __init__(self, declaration: Declaration) -> None:
        super().__init__(_Cloud())
        self._declaration = declaration

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802 - gRPC names it
        if request.type != "pulumi:pulumi:Stack":
            self._declaration.resources.append(
                Declared(
                    type=request.type,
                    name=request.name,
                    inputs=pulumi.runtime.rpc.deserialize_properties(request.object),
                    parent=request.parent,
                    retain_on_delete=request.retainOnDelete,
                    dependencies=tuple(request.dependencies),
                    ignore_changes=tuple(request.ignoreChanges),
                    delete_before_replace=request.deleteBeforeReplace,
                )
            )
        return super().RegisterResource(request)

    def RegisterResourceOutputs(self, request: Any) -> Any:  # noqa: N802 - gRPC names it
        outputs = pulumi.runtime.rpc.deserialize_properties(request.outputs)
        self._declaration.component_outputs[request.urn] = outputs
        return super().RegisterResourceOutputs(request)


@pytest.fixture
def declare() -> Callable[[Callable[[], Any]], Declaration]:
    """Runs a program to its end: every registration has been answered when it returns."""

    def run(program: Callable[[], Any]) -> Declaration:
        declaration = Declaration()
        monitor = _Monitor(declaration)
        # Pulumi asks for the thread's event loop, and from Python 3.12 on there is none after somebody's `asyncio.run`.
        loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)
        pulumi.runtime.set_mocks(monitor.mocks, "weather", "dev", preview=False, monitor=monitor)

        def body() -> pulumi.Output[None]:
            def keep(result: Any) -> None:
                declaration.result = result

            return pulumi.Output.from_input(program()).apply(keep)

        pulumi.runtime.test(body)()
        loop.close()
        return declaration

    return run


@pytest.fixture
def placement() -> Placement:
    return Placement(ACCOUNT, REGION)


@pytest.fixture
def key_arn() -> str:
    return KEY_ARN


@pytest.fixture
def tags() -> dict[str, str]:
    return {"mlstack:project": "weather", "mlstack:environment": "dev", "mlstack:owner": "ml-team"}
