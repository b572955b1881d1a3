"""What moto does that a server which runs for weeks must not do. Making an adjustment again changes nothing.

Private parts of moto: `BaseModel.__new__`, `moto.core.responses.method_names_from_class`, `FakeBucket.get_permission`,
`S3Backend.copy_object`, `S3Backend.delete_object`, `S3Backend.log_incoming_request`, `FakeDeleteMarker`,
`moto.kms.models.generate_private_key`, `moto.sns.models.Subscription.private_key`, `moto.ssm.models.ec2_backends`.
"""

from __future__ import annotations

import functools
import importlib
import sys
import threading
from types import ModuleType
from typing import Any

import moto.core.responses
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from moto.core.common_models import BaseModel
from moto.core.utils import method_names_from_class as _list_method_names

from . import moto_key_states, moto_notifications, moto_object_tags, moto_offerings, moto_security_groups

_SYMMETRIC = ("SYMMETRIC_DEFAULT", "HMAC")


IMPORTING = threading.RLock()
"""Held while a part of moto is imported and adjusted, so that no request meets it half-way."""


def adjust() -> None:
    """Adjust those of moto's modules that are imported by now."""
    # moto keeps every instance of every model for ever, deleted or not.
    base: Any = BaseModel
    base.__new__ = _new
    # It looks through all methods of a service's class at each request.
    vars(moto.core.responses)["method_names_from_class"] = _method_names
    kms, sns, s3 = (imported(f"moto.{service}.models") for service in ("kms", "sns", "s3"))
    groups = imported("moto.ec2.models.security_groups")
    if groups is not None:
        moto_security_groups.adjust(groups)
    responses = imported("moto.s3.responses")
    if responses is not None:
        moto_notifications.adjust(responses)
        moto_object_tags.adjust(responses)
    if kms is not None:
        _adjust_kms(kms)
        moto_key_states.adjust(kms)
    if sns is not None:
        # It makes an RSA key for each subscription, in 80 ms, when the first message is sent to it.
        sns.Subscription.private_key = lambda _: _signing_key()
    if s3 is not None:
        _adjust_copies(s3)
        _adjust_deletions(s3)
        # It writes an object of invented lines into the log bucket for each request on a bucket, reads included. AWS
        # promises no delivery of access logs, and here they would only keep the bucket from being deleted.
        s3.S3Backend.log_incoming_request = lambda *_: None
        s3.FakeBucket.get_permission = _bucket_permission


def imported(name: str) -> ModuleType | None:
    """Return a module that is imported to its end.

    moto imports parts of itself in the middle of requests, in whichever thread: what is there half-way must wait.

    Args:
        name: The module, such as `moto.s3.models`.
    """
    module = sys.modules.get(name)
    return None if getattr(getattr(module, "__spec__", None), "_initializing", False) else module


def import_module(name: str) -> ModuleType:
    """Import a package of moto without what it drags in and hardly uses.

    SSM imports EC2 for the targets of RunCommand, Application Auto Scaling ECS (and that EC2) to look for ECS services,
    which the local cloud has not: 130 MB and a second.

    Args:
        name: The module, such as `moto.ssm.urls`.
    """
    with IMPORTING:
        moto_offerings.adjust()
        return _import(name)


def _import(name: str) -> ModuleType:
    package = name.split(".")[1]
    if package not in _STAND_INS or f"moto.{_STAND_INS[package][0]}" in sys.modules:
        return importlib.import_module(name)
    dragged, backends = _STAND_INS[package]
    stand_in = ModuleType(f"moto.{dragged}")
    vars(stand_in)[f"{dragged}_backends"] = backends()
    sys.modules[stand_in.__name__] = stand_in
    try:
        return importlib.import_module(name)
    finally:
        del sys.modules[stand_in.__name__]


def _new(cls: type, *_arguments: Any, **_options: Any) -> Any:
    return object.__new__(cls)


@functools.cache
def _method_names(kind: type) -> frozenset[str]:
    return frozenset(_list_method_names(kind))


@functools.cache
def _signing_key() -> RSAPrivateKey:
    return generate_private_key(public_exponent=65537, key_size=2048)


def _bucket_permission(_bucket: Any, _action: str, _resource: str) -> Any:
    """Leave a bucket's policy to `authorization/`, which judges a request before it comes here.

    moto knows no principals, and takes a condition that it can't check for a refusal.
    """
    return import_module("moto.iam.access_control").PermissionResult.NEUTRAL


class _LaterEc2:
    """EC2's backends, imported when somebody asks for one."""

    def __getitem__(self, account: str) -> Any:
        return importlib.import_module("moto.ec2").ec2_backends[account]


class NoEcs:
    """ECS's backends, and each of them: none has a service. Public, since it is pickled with what holds it."""

    def __getitem__(self, _key: str) -> NoEcs:
        return self

    def describe_services(self, *_names: object) -> tuple[list[object], list[object]]:
        """Return no services and no failures."""
        return [], []


# By package: what it drags in, and what stands for that package's backends.
_STAND_INS: dict[str, tuple[str, type]] = {"ssm": ("ec2", _LaterEc2), "applicationautoscaling": ("ecs", NoEcs)}


def _adjust_copies(s3: ModuleType) -> None:
    """Give the copy of an object that was uploaded in parts a checksum of its own.

    moto copies the checksum of the parts' checksums without saying so, and boto3 then refuses to read the copy.
    """
    copy = s3.S3Backend.copy_object
    if hasattr(copy, "__wrapped__"):
        return

    @functools.wraps(copy)
    def copy_object(backend: Any, source: Any, bucket: str, key: str, *arguments: Any, **options: Any) -> None:
        copy(backend, source, bucket, key, *arguments, **options)
        if source.checksum_value and source.checksum_type == "COMPOSITE":
            made = backend.get_object(bucket, key)
            made.checksum_value = s3.compute_checksum(made.value, made.checksum_algorithm).decode()
            made.checksum_type = "FULL_OBJECT"

    s3.S3Backend.copy_object = copy_object


def _adjust_deletions(s3: ModuleType) -> None:
    """Keep the other versions when one is deleted in a bucket whose versioning was suspended.

    moto takes such a bucket for one without versions and deletes them all, or fails at a delete marker.
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/DeletingObjectsfromVersioningSuspendedBuckets.html
    """
    delete = s3.S3Backend.delete_object
    if hasattr(delete, "__wrapped__"):
        return

    @functools.wraps(delete)
    def delete_object(
        backend: Any, bucket_name: str, key_name: str, version_id: str | None = None, bypass: bool = False
    ) -> Any:
        bucket = backend.get_bucket(bucket_name)
        if bucket.versioning_status != "Suspended":
            return delete(backend, bucket_name, key_name, version_id=version_id, bypass=bypass)
        versions = bucket.keys.getlist(key_name, [])
        deleted = "null" if version_id is None else version_id
        kept = [version for version in versions if str(version.version_id) != deleted]
        if version_id is None:
            marker = s3.FakeDeleteMarker(
                key=versions[-1] if versions else s3.FakeKey(key_name, b"", backend.account_id, "")
            )
            marker._version_id = deleted
            kept.append(marker)
        if kept:
            bucket.keys.setlist(key_name, kept)
        elif versions:
            bucket.keys.pop(key_name)
        return True, {"version-id": deleted, **({"delete-marker": "true"} if version_id is None else {})}

    s3.S3Backend.delete_object = delete_object
    s3.FakeDeleteMarker.dispose = lambda _self: None


def _adjust_kms(kms: ModuleType) -> None:
    make = kms.generate_private_key
    if make is _later_private_key:
        return
    _Kms.make_private_key = staticmethod(make)
    vars(kms)["generate_private_key"] = _later_private_key


class _Kms:
    make_private_key: Any = None


def _later_private_key(key_spec: str) -> Any:
    """Make no RSA key for a symmetric key: moto does, in 80 ms, and never uses it."""
    return None if key_spec.startswith(_SYMMETRIC) else _Kms.make_private_key(key_spec)
