"""The names of what `mlstack bootstrap` makes of an account and region: where Pulumi keeps the state of its stacks."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from urllib.parse import parse_qs, quote, urlsplit

STATE_TAG = "mlstack:state"
"""The tag by which a key is found again whose alias was not made yet; its value is the backend's place."""

MAX_BUCKET = 63
"""What S3 allows for a bucket's name (docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html)."""

_BUCKET = "mlstack-state-"
_ALIAS = "alias/mlstack/state/"
_HASH_DIGITS = 12
_PLACE = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\Z")
_LONGEST_PLACE = MAX_BUCKET - len(_BUCKET)


@dataclass(frozen=True)
class StateBackend:
    """Where the stacks of an account and region have their state; several projects share it.

    Attributes:
        place: Account and region in one word, such as `222222222222-eu-west-1`.
        region: The region.
    """

    place: str
    region: str

    @classmethod
    def of(cls, account: str, region: str) -> StateBackend:
        """The backend of an account and region.

        Args:
            account: The account's 12 digits.
            region: The region.

        Returns:
            The same for the same two, and another for any other; a hash takes the place of what is too long.
        """
        plain = f"{account}-{region}"
        if len(plain) > _LONGEST_PLACE:
            digest = hashlib.sha256(plain.encode()).hexdigest()[:_HASH_DIGITS]
            # No account number and region end like this, as a region ends in its number.
            plain = f"{plain[: _LONGEST_PLACE - _HASH_DIGITS - 2].rstrip('-')}-x{digest}"
        return cls(plain, region)

    @classmethod
    def parse(cls, secrets_provider: str) -> StateBackend | None:
        """The backend of a secrets provider; None for one that `mlstack bootstrap` did not make.

        Args:
            secrets_provider: What a stack's file says, such as `awskms://alias/...?region=...`.
        """
        url = urlsplit(secrets_provider)
        alias, region = f"{url.netloc}{url.path}", parse_qs(url.query).get("region", [])
        place = alias.removeprefix(_ALIAS)
        if url.scheme != "awskms" or place == alias or len(region) != 1 or not _PLACE.match(place):
            return None
        return cls(place, region[0])

    @property
    def bucket(self) -> str:
        """The bucket; at most 63 characters."""
        return f"{_BUCKET}{self.place}"

    @property
    def key_alias(self) -> str:
        """The alias of the key that encrypts the bucket and the secrets in the state."""
        return f"{_ALIAS}{self.place}"

    @property
    def url(self) -> str:
        """What PULUMI_BACKEND_URL is set to."""
        return f"s3://{self.bucket}?region={quote(self.region)}"

    @property
    def secrets_provider(self) -> str:
        """What `pulumi stack init --secrets-provider` takes."""
        return f"awskms://{self.key_alias}?region={quote(self.region)}"
