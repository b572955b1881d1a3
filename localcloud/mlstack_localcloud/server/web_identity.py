"""Web identity tokens: the signed claims of an OpenID Connect provider, as CI services give them to their jobs.

AWS fetches a provider's keys from the provider. The local cloud asks nobody: it takes the tokens of those providers
whose key set (JWKS) its user has put into `identity-providers/`, and refuses all others as AWS refuses those of a
provider that it can't reach. So no token is believed unless its signature is right.

https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
"""

from __future__ import annotations

import base64
import binascii
import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .authorization.sources import backend

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from .authorization.context import Values

_NOT_A_TOKEN = "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)"  # noqa: S105 - a message
_NO_KEY = (
    "Couldn't retrieve verification key from your identity provider, please reference AssumeRoleWithWebIdentity "
    "documentation for requirements"
)
_PARTS = 3


class InvalidToken(Exception):  # noqa: N818 - it is answered, not raised further
    """A token that is not taken.

    Attributes:
        code: AWS's code of the error.
        message: The sentence to answer.
    """

    def __init__(self, message: str, code: str = "InvalidIdentityToken") -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass(frozen=True)
class WebIdentity:
    """Who shows a token.

    Attributes:
        provider: The issuer without its scheme, which condition keys begin with.
        subject: The claim `sub`.
        audience: The claim `aud`, that of several which the provider in IAM knows.
        account: The account whose role is asked for.
    """

    provider: str
    subject: str
    audience: str
    account: str

    @property
    def provider_arn(self) -> str:
        """The ARN of the identity provider in IAM."""
        return _arn(self.account, self.provider)

    def condition_keys(self) -> dict[str, Values]:
        """The condition keys that the token gives, in lower case."""
        name = self.provider.lower()
        return {f"{name}:sub": (self.subject,), f"{name}:aud": (self.audience,)}


class WebIdentities:
    """Judges tokens.

    Args:
        key_sets: The folder of the key sets; need not exist.
        clock: The time in seconds since 1970.
    """

    def __init__(self, key_sets: Path, clock: Callable[[], float] = time.time) -> None:
        self._key_sets = key_sets
        self._clock = clock

    def verify(self, token: str, account: str) -> WebIdentity:
        """Return who shows a token.

        Args:
            token: The token, a signed JWT.
            account: The account whose role is asked for.

        Raises:
            InvalidToken: It is none, nobody knows its issuer or key, it is not for this account, or it is too old.
        """
        header, claims, signed, signature = _decoded(token)
        issuer = str(claims.get("iss", ""))
        provider = issuer.removeprefix("https://")
        known = backend("iam", account, "aws", "open_id_providers").get(_arn(account, provider))
        if known is None or not issuer.startswith("https://"):
            raise InvalidToken(f"No OpenIDConnect provider found in your account for {issuer}")
        _check_signature(self._key(provider, header), signed, signature)
        self._check_time(claims)
        given = claims.get("aud")
        audiences = given if isinstance(given, list) else [given]
        audience = next((str(each) for each in audiences if each in known.client_id_list), None)
        if audience is None:
            raise InvalidToken("Incorrect token audience")
        if not claims.get("sub"):
            raise InvalidToken("Missing a required claim: sub")
        return WebIdentity(provider, str(claims["sub"]), audience, account)

    def _check_time(self, claims: dict[str, Any]) -> None:
        now = self._clock()
        expiry = claims.get("exp")
        if not isinstance(expiry, int | float):
            raise InvalidToken("Missing a required claim: exp")
        if now >= expiry:
            message = f"Token expired: current date/time {int(now)} must be before the expiration date/time {expiry}"
            raise InvalidToken(message, "ExpiredTokenException")
        if isinstance(claims.get("nbf"), int | float) and now < claims["nbf"]:
            raise InvalidToken("The ID Token provided is not valid yet")

    def _key(self, provider: str, header: dict[str, Any]) -> dict[str, Any]:
        """The key that a token names; keys are read anew for each token, for a user may replace them."""
        file = self._key_sets / f"{provider.replace('/', '_')}.json"
        try:
            keys = json.loads(file.read_bytes())["keys"]
            named = [key for key in keys if key.get("kid") == header.get("kid") and key.get("kty") == "RSA"]
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            named = []
        if not named:
            raise InvalidToken(_NO_KEY)
        found: dict[str, Any] = named[0]
        return found


def _arn(account: str, provider: str) -> str:
    return f"arn:aws:iam::{account}:oidc-provider/{provider}"


def _decoded(token: str) -> tuple[dict[str, Any], dict[str, Any], bytes, bytes]:
    """The header, the claims, what is signed, and the signature of a JWT that is signed by RS256."""
    parts = token.split(".")
    if len(parts) != _PARTS:
        raise InvalidToken(_NOT_A_TOKEN)
    try:
        header, claims, signature = (_base64(part) for part in parts)
        head, body = json.loads(header), json.loads(claims)
    except ValueError as error:
        raise InvalidToken(_NOT_A_TOKEN) from error
    # The three CI services sign so; `none`, and a public key taken for a shared secret, never pass.
    if not isinstance(head, dict) or not isinstance(body, dict) or head.get("alg") != "RS256":
        raise InvalidToken(_NOT_A_TOKEN)
    return head, body, f"{parts[0]}.{parts[1]}".encode(), signature


def _base64(text: str) -> bytes:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise ValueError(text) from error


def _check_signature(key: dict[str, Any], signed: bytes, signature: bytes) -> None:
    # Loaded by the first token: few local clouds ever see one.
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers
    from cryptography.hazmat.primitives.hashes import SHA256

    try:
        modulus, exponent = (int.from_bytes(_base64(key[name])) for name in ("n", "e"))
        RSAPublicNumbers(exponent, modulus).public_key().verify(signature, signed, PKCS1v15(), SHA256())
    except (InvalidSignature, ValueError, KeyError, TypeError) as error:
        raise InvalidToken("The ID Token's signature could not be verified") from error
