"""The services of the local cloud, by the name that their requests are signed for. Grep here for who answers what.

A service that is not in this table answers as AWS answers an operation that it does not know.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .wire import WireRequest


@dataclass(frozen=True)
class Service:
    """A service that moto answers for.

    Attributes:
        module: The package of moto, such as `moto.iam`.
        model: The name of its model in botocore.
        error_protocol: How it words an error where the request does not tell: `json`, `query`, `ec2` or `rest-xml`.
    """

    module: str
    model: str
    error_protocol: str


SERVICES = {
    "application-autoscaling": Service("applicationautoscaling", "application-autoscaling", "json"),
    "budgets": Service("budgets", "budgets", "json"),
    "ce": Service("ce", "ce", "json"),
    "ec2": Service("ec2", "ec2", "ec2"),
    "ecr": Service("ecr", "ecr", "json"),
    "events": Service("events", "events", "json"),
    "iam": Service("iam", "iam", "query"),
    "kms": Service("kms", "kms", "json"),
    "logs": Service("logs", "logs", "json"),
    "monitoring": Service("cloudwatch", "cloudwatch", "json"),
    "s3": Service("s3", "s3", "rest-xml"),
    "scheduler": Service("scheduler", "scheduler", "rest-json"),
    "secretsmanager": Service("secretsmanager", "secretsmanager", "json"),
    "sns": Service("sns", "sns", "query"),
    "sqs": Service("sqs", "sqs", "json"),
    "ssm": Service("ssm", "ssm", "json"),
    "tagging": Service("resourcegroupstaggingapi", "resourcegroupstaggingapi", "json"),
}
"""What moto answers, in process. STS (`security_token_service.py`), `sagemaker/` and `codebuild/` are our own."""

_OWN_PROTOCOLS = {"sts": "query", "sagemaker": "json", "codebuild": "json"}


def protocol_of(request: WireRequest, signing_name: str) -> str:  # noqa: PLR0911 - one protocol each
    """Tell which of AWS's protocols the sender of a request reads an error in.

    Args:
        request: The request.
        signing_name: The service that it was signed for, empty when that is not known.

    Returns:
        The protocol's name as in botocore's models.
    """
    if "smithy-protocol" in request.headers:
        return "smithy-rpc-v2-cbor"
    if request.target:
        return "json"
    if signing_name == "ec2":
        return "ec2"
    if request.action:
        return "query"
    if signing_name == "sagemaker":
        return "rest-json"
    if signing_name in SERVICES:
        return SERVICES[signing_name].error_protocol
    if signing_name:
        return _OWN_PROTOCOLS.get(signing_name, "rest-json")
    # Whoever signs nothing and names no operation is most likely opening an object's address.
    return "rest-json" if request.path.startswith("/endpoints/") else "rest-xml"
