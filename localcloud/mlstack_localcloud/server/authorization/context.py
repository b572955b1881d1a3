"""The condition keys of a request: their values, which are known to be absent, and which nobody here knows.

Sources: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html for the keys `aws:`,
the service authorization reference for those of the services.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

Values = tuple[str, ...]

_ABSENT = frozenset(
    {
        # Nothing here comes from a VPC, an organisation, another account, a sign-in or a device.
        "aws:calledvia",
        "aws:calledviafirst",
        "aws:calledvialast",
        "aws:federatedprovider",
        "aws:multifactorauthage",
        "aws:principalorgid",
        "aws:principalorgpaths",
        "aws:principalservicename",
        "aws:principalservicenameslist",
        "aws:referer",
        "aws:resourceorgid",
        "aws:resourceorgpaths",
        "aws:sourceaccount",
        "aws:sourcearn",
        "aws:sourceidentity",
        "aws:sourceorgid",
        "aws:sourceorgpaths",
        "aws:sourceowner",
        "aws:sourcevpc",
        "aws:sourcevpcarn",
        "aws:sourcevpce",
        "aws:tagkeys",
        "aws:username",
        "aws:vpcsourceip",
        "aws:vpceaccount",
        "aws:vpceorgid",
        # Known of the requests that have them.
        "cloudwatch:namespace",
        "events:detail-type",
        "events:source",
        "iam:associatedresourcearn",
        "iam:awsservicename",
        "iam:passedtoservice",
        "iam:permissionsboundary",
        "iam:policyarn",
        "kms:calleraccount",
        "kms:encryptioncontextkeys",
        "kms:grantisforawsresource",
        "kms:viaservice",
        "s3:delimiter",
        "s3:max-keys",
        "s3:prefix",
        "s3:versionid",
        "s3:x-amz-acl",
        "s3:x-amz-copy-source",
        "s3:x-amz-metadata-directive",
        "s3:x-amz-server-side-encryption",
        "s3:x-amz-server-side-encryption-aws-kms-key-id",
        "s3:x-amz-server-side-encryption-customer-algorithm",
        "s3:x-amz-storage-class",
        "sagemaker:instancetypes",
        "sagemaker:intercontainertrafficencryption",
        "sagemaker:networkisolation",
        "sagemaker:outputkmskey",
        "sagemaker:volumekmskey",
        "sagemaker:vpcsecuritygroupids",
        "sagemaker:vpcsubnets",
        "sns:endpoint",
        "sns:protocol",
        "sts:externalid",
        "sts:rolesessionname",
    }
)
_ABSENT_PREFIXES = ("aws:requesttag/", "kms:encryptioncontext:")
RESOURCE_TAG = "aws:resourcetag/"
"""What the keys of a resource's tags begin with. A context that has a value of this very key has all tags of its
resource in it; of other resources nobody here knows the tags."""


class UnsupportedError(Exception):
    """Something in a policy cannot be judged; the text names it."""


class Context:
    """The keys of one request.

    Args:
        values: The values by key, keys in lower case.
    """

    def __init__(self, values: Mapping[str, Values]) -> None:
        self._values = values

    def get(self, key: str) -> Values | None:
        """Return the values of a key; None when the request has none.

        Args:
            key: The key, in any case.

        Raises:
            UnsupportedError: It is not known whether a request has it.
        """
        name = key.lower()
        values = self._values.get(name)
        if values is None and not self._lacks(name):
            raise UnsupportedError(f"the condition key {key}")
        return values

    def _lacks(self, name: str) -> bool:
        if name.startswith(RESOURCE_TAG):
            return RESOURCE_TAG in self._values
        return name in _ABSENT or name.startswith(_ABSENT_PREFIXES)

    def extended(self, values: Mapping[str, Values]) -> Context:
        """Return these keys and others.

        Args:
            values: The others, which win; keys in lower case.
        """
        return Context({**self._values, **values}) if values else self
