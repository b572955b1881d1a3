"""aws.vpc.SecurityGroupEgressRule."""

from mlstack_localcloud.provider.resources.vpc._rule import rule

TYPE = rule("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", "Egress")
