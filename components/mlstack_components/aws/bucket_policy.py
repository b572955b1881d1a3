"""The policy of a bucket, as a pure function."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlstack_components.aws.policies import Statement, document, require_tls, statement

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mlstack_components.aws.placement import Placement


def bucket_policy(
    bucket_arn: str,
    placement: Placement,
    receives_access_logs: bool = False,
    *,
    reader_accounts: Sequence[str] = (),
    readable_keys: Sequence[str] = (),
    writers: Mapping[str, Sequence[str]] | None = None,
) -> str:
    """Return a bucket's policy: TLS alone, the delivery of this account's access logs, and reading by other accounts.

    Args:
        bucket_arn: The bucket's ARN.
        placement: The account and region.
        receives_access_logs: Whether S3 may deliver access logs into it.
        reader_accounts: Other accounts that may read.
        readable_keys: Which objects, as patterns of their keys.
        writers: Who alone may write below a prefix, by ARN.
    """
    statements: list[Statement] = [require_tls(["s3:*"], [bucket_arn, f"{bucket_arn}/*"])]
    if receives_access_logs:
        # https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html
        deliver = statement(
            "DeliverAccessLogs",
            ["s3:PutObject"],
            f"{bucket_arn}/*",
            principal={"Service": "logging.s3.amazonaws.com"},
            condition={"StringEquals": {"aws:SourceAccount": placement.account}},
        )
        # A single resource as text: moto looks for exactly this before it lets a bucket log into another.
        statements.append({**deliver, "Resource": f"{bucket_arn}/*"})
    if reader_accounts:
        principal = {"AWS": placement.account_principals(reader_accounts)}
        readable = [f"{bucket_arn}/{pattern}" for pattern in readable_keys]
        statements.append(statement("OtherAccountsRead", ["s3:GetObject"], readable, principal=principal))
    statements += [_refuse_writing(f"{bucket_arn}/{prefix}*", arns) for prefix, arns in (writers or {}).items()]
    return document(*statements)


def _refuse_writing(objects: str, writers: Sequence[str]) -> Statement:
    # In a session of a role the key holds the role's ARN:
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalarn
    return statement(
        "RefuseOtherWriters",
        ["s3:PutObject"],
        objects,
        effect="Deny",
        principal={"AWS": "*"},
        condition={"StringNotEquals": {"aws:PrincipalArn": list(writers)}},
    )
