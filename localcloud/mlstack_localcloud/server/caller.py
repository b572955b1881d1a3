"""Who makes a request, once its signature was verified."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Caller:
    """The identity behind a verified request.

    Attributes:
        account: The account id, twelve digits.
        region: The region that the request was signed for.
        arn: The principal, such as `arn:aws:iam::000000000000:root` or an assumed role.
        access_key: The access key id that signed it.
        user_id: The unique id that GetCallerIdentity reports, such as `AROA...:session`; the account for the root.
    """

    account: str
    region: str
    arn: str
    access_key: str
    user_id: str = ""
