"""What encryption with a KMS key needs of a caller, when a service uses the key in the caller's name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .access import Access, Place, arn
from .context import RESOURCE_TAG
from .sources import account_of, backend

if TYPE_CHECKING:
    from .context import Values


def key_arn(key: str, place: Place) -> str:
    """Return the ARN of a key.

    Args:
        key: Its id, its ARN, or an alias's name or ARN.
        place: Account and region where it is no ARN.
    """
    if ":key/" in key:
        return key
    if key.startswith("arn:"):
        place, key = Place(account_of(key), key.split(":")[3]), key.rpartition(":")[2]
    if not key.startswith("alias/"):
        return arn("kms", place, f"key/{key}")
    keys = list(backend("kms", *place, "keys").values())
    found = next((each.id for each in keys if key in each.aliases), None)
    # An alias that points at nothing is what it is; no statement names it.
    return arn("kms", place, key if found is None else f"key/{found}")


def key_tags(resource: str) -> dict[str, Values]:
    """Return the condition keys of a key's tags; empty for a resource that is no key.

    Args:
        resource: The ARN.
    """
    if not resource.startswith("arn:aws:kms:") or ":key/" not in resource:
        return {}
    tagger: Any = backend("kms", account_of(resource), resource.split(":")[3], "tagger")
    tags = tagger.get_tag_dict_for_resource(resource.rpartition("/")[2]) if tagger else {}
    return {RESOURCE_TAG: ("all",), **{f"{RESOURCE_TAG}{name.lower()}": (str(value),) for name, value in tags.items()}}


def is_customer_key(key: str | None) -> bool:
    """Tell whether a key has a policy that its owner writes: AWS's own keys let every caller of the account in."""
    return bool(key) and not str(key).rpartition(":")[2].startswith("alias/aws/")


def key_access(action: str, key: str, place: Place, service: str, encryption_context: dict[str, str]) -> Access:
    """Return the use of a key through a service.

    Args:
        action: The action, such as `kms:Decrypt`.
        key: The key's id, ARN or alias.
        place: Account and region where the key is no ARN.
        service: The service that uses it, such as `s3`.
        encryption_context: The encryption context that it gives.
    """
    resource = key_arn(key, place)
    keys: dict[str, Values] = {f"kms:encryptioncontext:{name}": (value,) for name, value in encryption_context.items()}
    keys["kms:encryptioncontextkeys"] = tuple(encryption_context)
    keys["kms:viaservice"] = (f"{service}.{resource.split(':')[3]}.amazonaws.com",)
    keys["aws:calledvia"] = keys["aws:calledviafirst"] = keys["aws:calledvialast"] = (f"{service}.amazonaws.com",)
    keys["aws:viaawsservice"] = ("true",)
    return Access(action, resource, {**keys, **key_tags(resource)})
