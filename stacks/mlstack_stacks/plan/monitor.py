"""Pulumi's mock monitor, which also keeps what the mocks don't see: parents, options and stack outputs."""

from __future__ import annotations

from typing import Any

from mlstack_components.errors import MlstackError
from pulumi.output import Unknown
from pulumi.runtime import rpc
from pulumi.runtime.mocks import MockCallArgs, MockMonitor, MockResourceArgs, Mocks
from pulumi.runtime.proto import resource_pb2

from mlstack_stacks.plan.resources import SECRET, UNKNOWN, PlannedResource

STACK_TYPE = "pulumi:pulumi:Stack"
_READ_RELEASE = "aws:ssm/getParametersByPath:getParametersByPath"


class CheckMocks(Mocks):
    """Answers as a cloud in which nothing exists yet, and asks nobody.

    Args:
        account: The account, 12 digits.
        region: The region.
        parameters: SSM parameters that a program may read, by full name.
    """

    def __init__(self, account: str, region: str, parameters: dict[str, str]) -> None:
        self._account = account
        self._region = region
        self._parameters = parameters

    def new_resource(self, args: MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        """Creates nothing: the inputs are the outputs, and what the cloud alone can tell stays unknown."""
        return "", dict(args.inputs)

    def call(self, args: MockCallArgs) -> dict[str, Any]:  # type: ignore[override]  # as Pulumi's own examples do
        """Answers the data sources that stacks use; any other has nothing to tell."""
        answer: dict[str, Any] = {**args.args, "id": "planned"}
        if args.token == _READ_RELEASE:
            found = {k: v for k, v in self._parameters.items() if k.rpartition("/")[0] == args.args["path"].rstrip("/")}
            answer |= {
                "names": list(found),
                "values": list(found.values()),
                "types": ["String"] * len(found),
                "arns": [f"arn:aws:ssm:{self._region}:{self._account}:parameter{name}" for name in found],
            }
        elif args.token.endswith(":getCallerIdentity"):
            answer |= {"accountId": self._account, "arn": f"arn:aws:iam::{self._account}:root", "userId": self._account}
        elif args.token.endswith(":getRegion"):
            answer |= {"name": self._region, "region": self._region, "description": self._region}
        elif args.token.endswith(":getPartition"):
            answer |= {"partition": "aws", "dnsSuffix": "amazonaws.com", "reverseDnsPrefix": "com.amazonaws"}
        return answer


class CheckMonitor(MockMonitor):
    """Records every resource in the order of its registration.

    It answers a registration with the very properties that came, so nothing is serialised a second time; in a preview
    the SDK takes whatever an answer doesn't hold as unknown.

    Attributes:
        planned: The resources.
        outputs: The stack's outputs.
    """

    def __init__(self, mocks: Mocks) -> None:
        super().__init__(mocks)
        self.planned: list[PlannedResource] = []
        self.outputs: dict[str, Any] = {}
        self._stack_urn = ""

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802 - the name of the remote procedure
        """Takes a resource as declared."""
        urn = self.make_urn(request.parent, request.type, request.name)
        if request.type == STACK_TYPE:
            self._stack_urn = urn
            return resource_pb2.RegisterResourceResponse(urn=urn)
        if urn in self.resources:
            raise MlstackError(f"Two resources have the type {request.type} and the name {request.name}.")
        properties = rpc.deserialize_properties(request.object)
        self.resources[urn] = MockMonitor.ResourceRegistration(urn, "", properties)
        self.planned.append(
            PlannedResource(
                urn=urn,
                type=request.type,
                name=request.name,
                parent=None if request.parent in {"", self._stack_urn} else request.parent,
                custom=request.custom,
                properties={key: _plain(value) for key, value in properties.items()},
                retain_on_delete=request.retainOnDelete,
                protect=request.protect,
            )
        )
        return resource_pb2.RegisterResourceResponse(urn=urn, object=request.object)

    def RegisterResourceOutputs(self, request: Any) -> Any:  # noqa: N802 - the name of the remote procedure
        """Keeps the outputs of the stack."""
        if request.urn == self._stack_urn:
            outputs = rpc.deserialize_properties(request.outputs)
            self.outputs = {key: _plain(value) for key, value in outputs.items()}
        return super().RegisterResourceOutputs(request)  # type: ignore[no-untyped-call]


def _plain(value: Any) -> Any:
    """A property as plain data: unknown and secret values by their names, assets by what they refer to."""
    if isinstance(value, str | int | float | bool | None):
        return value
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if rpc.is_rpc_secret(value):
        return SECRET
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, Unknown):
        return UNKNOWN
    return {name: _plain(item) for name, item in vars(value).items()}
