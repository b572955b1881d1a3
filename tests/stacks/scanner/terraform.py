"""A Pulumi program's resources as Terraform's JSON, which public scanners read.

pulumi-aws is made from Terraform's provider: names are the same but for their spelling, and that lists of blocks are
named by many of them. Outputs become references, by which a scanner tells what belongs to what.
"""

from __future__ import annotations

import re
from typing import Any

import pulumi

# Those that are not called aws_<module>_<name>.
_TYPES = {
    "aws:cloudwatch/eventRule:EventRule": "aws_cloudwatch_event_rule",
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": "aws_default_security_group",
    "aws:ec2/flowLog:FlowLog": "aws_flow_log",
    "aws:ec2/routeTable:RouteTable": "aws_route_table",
    "aws:ec2/routeTableAssociation:RouteTableAssociation": "aws_route_table_association",
    "aws:ec2/securityGroup:SecurityGroup": "aws_security_group",
    "aws:ec2/subnet:Subnet": "aws_subnet",
    "aws:ec2/vpc:Vpc": "aws_vpc",
    "aws:ec2/vpcEndpoint:VpcEndpoint": "aws_vpc_endpoint",
    "aws:s3/bucketObjectv2:BucketObjectv2": "aws_s3_object",
    "aws:s3/bucketReplicationConfig:BucketReplicationConfig": "aws_s3_bucket_replication_configuration",
}
_OUTPUTS = ("arn", "id", "bucket", "keyId", "name", "url", "repositoryUrl", "resourceId", "prefixListId")


class TerraformMocks(pulumi.runtime.Mocks):
    """Collects what a program registers.

    Args:
        parameters: What the program reads from SSM by path.
        platform: The outputs of the stack that it refers to.

    Attributes:
        document: The resources, as a `.tf.json` file holds them.
    """

    def __init__(self, parameters: dict[str, str], platform: dict[str, Any]) -> None:
        self._parameters = parameters
        self._platform = platform
        self.document: dict[str, dict[str, Any]] = {"resource": {}}

    def new_resource(self, args: pulumi.runtime.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        if args.typ == "pulumi:pulumi:StackReference":
            return args.name, {**args.inputs, "outputs": self._platform, "secretOutputNames": []}
        if not args.typ.startswith("aws:"):
            return f"{args.name}-id", dict(args.inputs)
        type_ = terraform_type(args.typ)
        self.document["resource"].setdefault(type_, {})[args.name] = _block(args.inputs)
        outputs = {name: f"${{{type_}.{args.name}.{_snake(name)}}}" for name in _OUTPUTS}
        # Programs take ARNs apart.
        outputs["arn"] = f"arn:aws:made:eu-west-1:111111111111:{outputs['arn']}"
        return outputs["id"], {**outputs, **args.inputs}

    def call(self, args: pulumi.runtime.MockCallArgs) -> dict[str, Any]:  # type: ignore[override]
        return {**args.args, "names": list(self._parameters), "values": list(self._parameters.values())}


def terraform_type(token: str) -> str:
    """Terraform's name of a resource type."""
    module, _, name = token.split(":")[1].partition("/")
    return _TYPES.get(token, f"aws_{module}_{_snake(name)}")


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", name).lower()


def _block(inputs: dict[str, Any]) -> dict[str, Any]:
    block: dict[str, Any] = {}
    for key, value in inputs.items():
        name = _snake(key)
        if name == "tags":
            block[name] = value
        elif isinstance(value, pulumi.FileAsset):
            block[name] = value.path
        elif isinstance(value, dict):
            block[name] = [_block(value)]
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            # Which of the two it is Terraform's schema alone tells; a scanner looks at the one that it knows.
            block[name] = block[_singular(name)] = [_block(each) for each in value]
        else:
            block[name] = value
    return block


def _singular(name: str) -> str:
    return f"{name[:-3]}y" if name.endswith("ies") else name.removesuffix("s")
