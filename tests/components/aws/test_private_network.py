"""The private network lets nobody in and nothing out but to AWS's own services, and keeps who talked to whom."""

from __future__ import annotations

import dataclasses
import json

import pytest
from mlstack_components.aws.network import Network
from mlstack_components.aws.private_network import PrivateNetwork, PrivateNetworkArgs

ACCOUNT = "111111111111"
SERVICES = {
    f"com.amazonaws.eu-west-1.{service}"
    for service in ("sagemaker.api", "sagemaker.runtime", "ecr.api", "ecr.dkr", "logs", "sts", "kms")
}


@pytest.fixture
def args(placement, key_arn, tags):
    return PrivateNetworkArgs(
        placement=placement, cidr="10.7.0.0/16", zones=("a", "c"), encryption_key_arn=key_arn, tags=tags
    )


@pytest.fixture
def declare_network(declare):
    def run(args):
        return declare(lambda: PrivateNetwork("weather-dev", args).network)

    return run


@pytest.fixture
def declared(declare_network, args):
    return declare_network(args)


def endpoints(declared, kind):
    found = [each.inputs for each in declared.all("aws:ec2/vpcEndpoint:VpcEndpoint")]
    return {each["serviceName"]: each for each in found if each["vpcEndpointType"] == kind}


def rules(declared):
    found = declared.all("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")
    return [*found, *declared.all("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule")]


def test_it_has_one_private_subnet_a_zone(declared):
    vpc = declared.one("aws:ec2/vpc:Vpc").inputs
    assert (vpc["cidrBlock"], vpc["enableDnsHostnames"], vpc["enableDnsSupport"]) == ("10.7.0.0/16", True, True)
    subnets = [each.inputs for each in declared.all("aws:ec2/subnet:Subnet")]
    assert {each["availabilityZone"]: each["cidrBlock"] for each in subnets} == {
        "eu-west-1a": "10.7.0.0/18",
        "eu-west-1c": "10.7.128.0/18",
    }


def test_what_it_gives_is_what_jobs_take(declared):
    assert declared.result == Network(
        ("weather-dev-private-a-id", "weather-dev-private-c-id"), ("weather-dev-jobs-id",)
    )


def test_nothing_has_a_public_address(declared):
    assert all(not each.inputs["mapPublicIpOnLaunch"] for each in declared.all("aws:ec2/subnet:Subnet"))
    ways_out = ("InternetGateway", "NatGateway", "Eip", "VpcPeeringConnection", "aws:ec2/route:Route")
    assert not [kind for kind in declared.types if any(way in kind for way in ways_out)]
    table = declared.one("aws:ec2/routeTable:RouteTable")
    assert "routes" not in table.inputs
    associated = declared.all("aws:ec2/routeTableAssociation:RouteTableAssociation")
    assert {each.inputs["routeTableId"] for each in associated} == {f"{table.name}-id"}
    assert len(associated) == len(declared.all("aws:ec2/subnet:Subnet"))


def test_the_default_security_group_is_closed(declared):
    group = declared.one("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup").inputs
    assert group["vpcId"] == "weather-dev-vpc-id"
    assert not group.keys() & {"ingress", "egress"}


def test_groups_and_rules_are_described(declared):
    groups = declared.all("aws:ec2/securityGroup:SecurityGroup")
    assert len(groups) == 2
    assert len(rules(declared)) == 5
    for each in [*groups, *rules(declared)]:
        words = each.inputs["description"]
        assert words != "Managed by Pulumi"
        # What EC2 takes: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html
        assert len(words) <= 255
        assert set(words) <= set(
            "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 ._-:/()#,@[]+=&;{}!$*'"
        )


def test_rules_name_groups_and_s3_and_no_addresses(declared):
    for rule in rules(declared):
        assert not rule.inputs.keys() & {"cidrIpv4", "cidrIpv6"}
    jobs, others = "weather-dev-jobs-id", "weather-dev-endpoints-id"
    ingress = [each.inputs for each in declared.all("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")]
    reached = {(each["securityGroupId"], each["referencedSecurityGroupId"], each.get("toPort")) for each in ingress}
    assert reached == {(jobs, jobs, None), (others, jobs, 443)}
    egress = [each.inputs for each in declared.all("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule")]
    assert {each["securityGroupId"] for each in egress} == {jobs}
    assert {each["toPort"] for each in egress if each["ipProtocol"] == "tcp"} == {443}


def test_aws_services_are_reached_inside_it(declared):
    interfaces = endpoints(declared, "Interface")
    assert set(interfaces) == SERVICES
    for each in interfaces.values():
        assert each["privateDnsEnabled"] is True
        assert each["subnetIds"] == ["weather-dev-private-a-id", "weather-dev-private-c-id"]
        assert each["securityGroupIds"] == ["weather-dev-endpoints-id"]
    gateways = endpoints(declared, "Gateway")
    assert set(gateways) == {"com.amazonaws.eu-west-1.s3"}
    assert gateways["com.amazonaws.eu-west-1.s3"]["routeTableIds"] == ["weather-dev-private-routes-id"]


def test_secrets_manager_is_reached_only_where_secrets_are_read(declare_network, args):
    declared = declare_network(dataclasses.replace(args, secrets=True))
    assert set(endpoints(declared, "Interface")) - SERVICES == {"com.amazonaws.eu-west-1.secretsmanager"}


def test_only_the_accounts_own_principals_pass_the_endpoints(declared):
    own = {"StringEquals": {"aws:PrincipalAccount": ACCOUNT}}
    for name, endpoint in {**endpoints(declared, "Interface"), **endpoints(declared, "Gateway")}.items():
        statements = json.loads(endpoint["policy"])["Statement"]
        free = [each for each in statements if each.get("Condition") != own]
        if name.endswith(".s3"):
            (layers,) = free
            assert layers["Action"] == ["s3:GetObject"]
            assert layers["Resource"] == ["arn:aws:s3:::prod-eu-west-1-starport-layer-bucket/*"]
        else:
            assert not free
        service = name.removeprefix("com.amazonaws.eu-west-1.").split(".")[0]
        assert f"{service}:*" in statements[0]["Action"]


def test_flow_logs_are_kept_encrypted(declared, key_arn):
    group = declared.one("aws:cloudwatch/logGroup:LogGroup")
    assert (group.inputs["kmsKeyId"], group.inputs["retentionInDays"]) == (key_arn, 365)
    log = declared.one("aws:ec2/flowLog:FlowLog").inputs
    assert (log["vpcId"], log["trafficType"]) == ("weather-dev-vpc-id", "ALL")
    assert log["logDestination"] == f"arn:aws:made:::{group.name}"
    assert log["iamRoleArn"] == "arn:aws:made:::weather-dev-flow-logs-role"


def test_the_flow_logs_role_writes_to_its_group_alone(declared):
    trust = json.loads(declared.one("aws:iam/role:Role").inputs["assumeRolePolicy"])["Statement"]
    assert [each["Principal"] for each in trust] == [{"Service": "vpc-flow-logs.amazonaws.com"}]
    assert trust[0]["Condition"] == {
        "StringEquals": {"aws:SourceAccount": ACCOUNT},
        "ArnLike": {"aws:SourceArn": [f"arn:aws:ec2:eu-west-1:{ACCOUNT}:vpc-flow-log/*"]},
    }
    group = "arn:aws:made:::weather-dev-flow-logs"
    for statement in json.loads(declared.one("aws:iam/rolePolicy:RolePolicy").inputs["policy"])["Statement"]:
        assert set(statement["Resource"]) == {group, f"{group}:*"}
        assert all(action.startswith("logs:") and "*" not in action for action in statement["Action"])


def test_the_flow_logs_role_keeps_to_the_organisations_boundary(declare_network, args):
    boundary = f"arn:aws:iam::{ACCOUNT}:policy/boundary"
    declared = declare_network(dataclasses.replace(args, permissions_boundary_arn=boundary))
    assert declared.one("aws:iam/role:Role").inputs["permissionsBoundary"] == boundary


def test_everything_that_can_be_tagged_is(declared, tags):
    untagged = {"aws:ec2/routeTableAssociation:RouteTableAssociation", "aws:iam/rolePolicy:RolePolicy"}
    for each in declared.resources:
        if each.type.startswith("aws:") and each.type not in untagged:
            assert tags.items() <= each.inputs["tags"].items(), each.name
