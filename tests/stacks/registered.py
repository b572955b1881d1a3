"""What the full specifications register, with outputs filled in so that policies are written out."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pulumi
from mlstack_stacks.naming import Names
from mlstack_stacks.platform import Platform
from mlstack_stacks.platform.load import load_platform
from mlstack_stacks.project import Project
from mlstack_stacks.spec import load

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ACCOUNT = "111111111111"
REGION = "eu-west-1"
_SHARED = {"account": ACCOUNT, "region": REGION}


class Registered(pulumi.runtime.Mocks):
    """Collects resources, and answers with outputs as AWS would have them.

    Args:
        parameters: What the program reads from SSM by path.
        platform: The outputs of the stack that it refers to.

    Attributes:
        resources: The inputs of each resource, by type and logical name.
    """

    def __init__(self, parameters: dict[str, str], platform: dict[str, Any]) -> None:
        self._parameters, self._platform = parameters, platform
        self.resources: dict[tuple[str, str], dict[str, Any]] = {}

    def new_resource(self, args: pulumi.runtime.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        if args.typ == "pulumi:pulumi:StackReference":
            return args.name, {**args.inputs, "outputs": self._platform, "secretOutputNames": []}
        if not args.typ.startswith("aws:"):
            return f"{args.name}-id", dict(args.inputs)
        self.resources[args.typ, args.name] = args.inputs
        known = {"arn": _arn(args.typ, args.name), "name": args.name, "bucket": args.name, "keyId": args.name}
        return args.name, {**known, "url": f"https://{args.name}", "repositoryUrl": args.name, **args.inputs}

    def call(self, args: pulumi.runtime.MockCallArgs) -> dict[str, Any]:  # type: ignore[override]
        return {**args.args, "names": list(self._parameters), "values": list(self._parameters.values())}

    def role_documents(self) -> dict[str, list[dict[str, Any]]]:
        """The statements of each role that is made, by its logical name, whether inline or managed."""
        roles = {name: name for kind, name in self.resources if kind == "aws:iam/role:Role"}
        roles |= {
            inputs["name"]: name
            for (kind, name), inputs in self.resources.items()
            if kind == "aws:iam/role:Role" and "name" in inputs
        }
        found: dict[str, list[dict[str, Any]]] = {name: [] for name in roles.values()}
        for (kind, _), inputs in self.resources.items():
            if kind == "aws:iam/rolePolicy:RolePolicy":
                found[roles[inputs["role"]]] += json.loads(inputs["policy"])["Statement"]
            elif kind == "aws:iam/rolePolicyAttachment:RolePolicyAttachment":
                policy = self.resources["aws:iam/policy:Policy", inputs["policyArn"].rpartition("/")[2]]
                found[roles[inputs["role"]]] += json.loads(policy["policy"])["Statement"]
        return found


def document(statements: list[dict[str, Any]]) -> str:
    """A policy of the statements."""
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def _arn(token: str, name: str) -> str:
    if token == "aws:s3/bucket:Bucket":
        return f"arn:aws:s3:::{name}"
    service, _, rest = token.removeprefix("aws:").partition("/")
    kind = rest.partition(":")[0]
    place = f"{'' if service == 'iam' else REGION}:{ACCOUNT}"
    return f"arn:aws:{service}:{place}:{kind}/{name}"


def project(file: Path, environment: str = "dev", platform: dict[str, Any] | None = None) -> Registered:
    """What a project registers whose versions are released.

    Args:
        file: Its mlstack.yaml.
        environment: The environment.
        platform: The outputs of its platform.
    """
    spec = load(file, environment)
    names = Names(spec.name, environment)
    version = f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:model-package/w/1"
    released = {names.release_parameter: version, names.variant_parameter("shadow"): version}
    mocks = Registered(released, {**_SHARED, **(platform or {})})
    return _run(mocks, spec.name, environment, lambda: Project(spec.name, spec))


def platform(file: Path, environment: str = "prod") -> Registered:
    """What a platform registers.

    Args:
        file: Its platform.yaml.
        environment: The environment.
    """
    spec = load_platform(file, environment)
    return _run(Registered({}, {}), spec.name, environment, lambda: Platform(spec.name, spec))


def _run(mocks: Registered, name: str, environment: str, declare: Callable[[], object]) -> Registered:
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    pulumi.runtime.set_mocks(mocks, name, environment, preview=False)

    def program() -> None:
        declare()

    pulumi.runtime.test(program)()
    loop.close()
    return mocks
