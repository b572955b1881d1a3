"""aws.vpc.SecurityGroupIngressRule."""

from mlstack_localcloud.provider.resources.vpc._rule import rule

TYPE = rule("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "Ingress")
