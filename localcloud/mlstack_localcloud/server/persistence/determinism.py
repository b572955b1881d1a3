"""Seeds all randomness that moto uses by the request, so that a replayed request makes the same ids and secrets.

Private parts of moto: its one random object, `moto.moto_api._internal.mock_random`; the modules that use `os.urandom`
and `uuid.uuid4` beside it (`_URANDOM_MODULES`, `_UUID_MODULES`); `EC2Backend.__init__`.

What cannot be seeded, the making of asymmetric keys, is listed in `changes.py`.
"""

from __future__ import annotations

import functools
import os
import random
import string
import threading
from contextlib import contextmanager
from types import ModuleType
from typing import TYPE_CHECKING, Any

from moto.moto_api._internal import mock_random

from ..moto_adjustments import imported

if TYPE_CHECKING:
    from collections.abc import Iterator

_URANDOM_MODULES = ("moto.iam.models", "moto.kms.models", "moto.kms.utils", "moto.s3.models")
_UUID_MODULES = ("moto.cloudwatch.models", "moto.ssm.models")
_SEED_BYTES = 32

_current = threading.local()
_system = random.SystemRandom()


def new_seed() -> bytes:
    """Return a seed that nobody can guess: secrets are made from it."""
    return os.urandom(_SEED_BYTES)


@contextmanager
def seeded(seed: bytes) -> Iterator[None]:
    """Make all of moto's randomness in this thread follow from a seed.

    Args:
        seed: The seed.
    """
    before = getattr(_current, "generator", None)
    _current.generator = random.Random(seed)  # noqa: S311 - the seed is as secret as what is made from it
    try:
        yield
    finally:
        _current.generator = before


def adjust() -> None:
    """Make those of moto's modules that are imported by now take their randomness from here; may be called again."""
    # Instance attributes win over the class's methods, and all other methods of Random call these two.
    randomness: Any = mock_random
    randomness.getrandbits = lambda bits: _generator().getrandbits(bits)
    randomness.random = lambda: _generator().random()
    randomness.get_random_string = _random_string
    for name in _URANDOM_MODULES:
        if (module := imported(name)) is not None:
            vars(module)["os"] = _os
    for name in _UUID_MODULES:
        if (module := imported(name)) is not None:
            vars(module)["uuid4"] = mock_random.uuid4
    if (ec2 := imported("moto.ec2.models")) is not None:
        _seed_default_network(ec2.EC2Backend)


def _seed_default_network(backend: Any) -> None:
    """Give the default VPC of a region the same ids whichever request is the first there.

    That may be one that only reads, which no journal has: a replay would make other ids, for all that follows too.
    """
    make = backend.__init__
    if hasattr(make, "__wrapped__"):
        return

    @functools.wraps(make)
    def make_seeded(self: Any, region_name: str, account_id: str) -> None:
        with seeded(f"ec2/{account_id}/{region_name}".encode()):
            make(self, region_name, account_id)

    backend.__init__ = make_seeded


def _generator() -> random.Random:
    return getattr(_current, "generator", None) or _system


def _random_string(length: int = 20, include_digits: bool = True, lower_case: bool = False) -> str:
    """Do what moto's own does, in one step in place of one a character: every answer has a request id of 52."""
    pool = string.ascii_letters + (string.digits if include_digits else "")
    text = "".join(_generator().choices(pool, k=length))
    return text.lower() if lower_case else text


class _SeededOs(ModuleType):
    """The module `os` with another `urandom`."""

    def __getattr__(self, name: str) -> object:
        return getattr(os, name)

    @staticmethod
    def urandom(size: int) -> bytes:
        return _generator().getrandbits(size * 8).to_bytes(size, "big")


_os = _SeededOs("os")
