"""Pickles the state of moto's backends: each backend's `__dict__`, with what pickle cannot do by itself.

- Locks are made anew.
- A backend that is met inside another's state, or its own, is a reference by service, account and region.
- Classes that pickle would rebuild wrongly get a recipe each (`_RECIPES`).

Private parts of moto: `BackendDict` and the attributes of the classes in `_RECIPES`.
"""

from __future__ import annotations

import io
import pickle
import threading
from collections import defaultdict
from copyreg import dispatch_table
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from moto.backends import get_backend

from ..moto_adjustments import imported
from ..services import SERVICES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from moto.core.base_backend import BackendDict, BaseBackend

    Recipe = Callable[[Any], tuple[Any, ...]]

_PROTOCOL = 5


class BackendKey(tuple[str, str, str]):
    """Which backend: signing name of the service, account, region."""

    __slots__ = ()


def backends_of(service: str) -> Iterator[tuple[BackendKey, BaseBackend]]:
    """Iterate over the backends of a service that are in use.

    Args:
        service: The service's signing name.
    """
    if not is_loaded(service):
        return
    for account, regions in list(_backends(service).items()):
        for region, backend in list(regions.items()):
            yield BackendKey((service, account, region)), backend


def dump(backend: BaseBackend) -> bytes:
    """Pickle the state of a backend.

    Args:
        backend: The backend.
    """
    file = io.BytesIO()
    pickler = pickle.Pickler(file, _PROTOCOL)
    pickler.dispatch_table = _dispatch_table()
    pickler.dump(vars(backend))
    return file.getvalue()


def restore(key: BackendKey, state: bytes) -> None:
    """Put a pickled state back into its backend.

    Args:
        key: Which backend.
        state: What `dump` gave.
    """
    restored = pickle.loads(state)  # noqa: S301 - our own file, in a directory that only its owner may enter
    attributes = vars(_backend(*key))
    attributes.clear()
    attributes.update(restored)
    if key[0] == "s3":
        # One table over all accounts, since a bucket's name is taken in all of them.
        buckets: Any = _backends("s3")
        buckets.bucket_accounts.update(dict.fromkeys(restored["buckets"], (key[2], key[1])))


def _backends(service: str) -> BackendDict[Any]:
    find: Any = get_backend
    backends: BackendDict[Any] = find(SERVICES[service].module)
    return backends


def _backend(service: str, account: str, region: str) -> BaseBackend:
    backend: BaseBackend = _backends(service)[account][region]
    return backend


def _dispatch_table() -> dict[type, Any]:
    return {**dispatch_table, **_LOCKS, **_references(), **_recipes()}


_LOCKS: dict[type, Recipe] = {
    type(threading.Lock()): lambda _: (threading.Lock, ()),
    type(threading.RLock()): lambda _: (threading.RLock, ()),
    threading.Condition: lambda _: (threading.Condition, ()),
}


def _references() -> dict[type, Recipe]:
    def reference(service: str) -> Recipe:
        return lambda backend: (_backend, (service, backend.account_id, backend.region_name))

    return {_backends(service).backend: reference(service) for service in SERVICES if is_loaded(service)}


def is_loaded(service: str) -> bool:
    """Tell whether a service of moto is imported; what is not has no state.

    Args:
        service: The service's signing name.
    """
    return imported(f"moto.{SERVICES[service].module}.models") is not None


def _recipes() -> dict[type, Recipe]:
    by_name: dict[tuple[str, str], Recipe] = {
        ("moto.kms.utils", "ECDSAPrivateKey"): _asymmetric_key,
        ("moto.kms.utils", "RSAPrivateKey"): _asymmetric_key,
        ("moto.s3.utils", "_VersionedKeyStore"): _versions,
        ("moto.ssm.models", "ParameterDict"): _parameters,
    }
    modules = {place: imported(place[0]) for place in by_name}
    loaded = {getattr(module, place[1]): by_name[place] for place, module in modules.items() if module is not None}
    return {**loaded, defaultdict: _default_dict}


def _versions(objects: Any) -> tuple[Any, ...]:
    # The class's own items() has the latest version of each object only.
    return _make_versions, (type(objects), dict(dict.items(objects)))


def _make_versions(kind: type, versions: dict[str, list[Any]]) -> Any:
    objects = kind()
    dict.update(objects, versions)
    return objects


def _asymmetric_key(key: Any) -> tuple[Any, ...]:
    attributes = dict(vars(key))
    pem = attributes.pop("private_key").private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return _make_asymmetric_key, (type(key), attributes, pem)


def _make_asymmetric_key(kind: type, attributes: dict[str, Any], pem: bytes) -> Any:
    key: Any = object.__new__(kind)
    vars(key).update(attributes, private_key=load_pem_private_key(pem, password=None))
    return key


def _parameters(parameters: Any) -> tuple[Any, ...]:
    # dict.items: the class's own would load AWS's public parameters.
    arguments = (parameters.account_id, parameters.region_name)
    return type(parameters), arguments, vars(parameters), None, iter(dict.items(parameters))


def _default_dict(dictionary: defaultdict[Any, Any]) -> tuple[Any, ...]:
    # The one factory that pickle cannot name is a lambda of SSM's, for the tags of each resource type.
    local = getattr(dictionary.default_factory, "__name__", "") == "<lambda>"
    factory = _tags_of_one_type if local else dictionary.default_factory
    return defaultdict, (factory,), None, None, iter(dictionary.items())


def _tags_of_one_type() -> defaultdict[str, dict[str, str]]:
    return defaultdict(dict)
