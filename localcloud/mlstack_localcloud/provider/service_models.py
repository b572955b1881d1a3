"""AWS's service models as far as checks need them: botocore's data without botocore's code.

A check needs the requests of some dozens of operations. botocore's own model takes 0.15 s to import and the files of
ten services 0.1 s to parse, a quarter of a whole `mlstack plan`. So the shapes of an operation's request are cut out
once and kept:

```
<folder>/<version of botocore>/<service>/<operation>.json    {"input": name or null, "shapes": {name: shape}}
```

What is in there is botocore's data as it is, so the folder can be deleted at any time.
"""

from __future__ import annotations

import json
import os
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["OperationModel", "RequestShape", "ServiceModel", "Shape"]

Shape: TypeAlias = Any
"""A shape of botocore's (which carries no types that fit both) or a `RequestShape`: they have the same members."""


class RequestShape:
    """A shape of a request, with the members of botocore's `Shape` that checks read.

    Attributes:
        name: The shape's own name.
        type_name: `structure`, `list`, `map`, `string`, `integer`, ...
        metadata: Its traits: `min`, `max`, `pattern`, `enum`, `idempotencyToken`, ...
        required_members: The members that a structure must have.
    """

    def __init__(self, reference: Mapping[str, Any], shapes: Mapping[str, Any]) -> None:
        self._shapes = shapes
        self.name: str = reference["shape"]
        self.metadata: Mapping[str, Any] = {**shapes[reference["shape"]], **reference}
        self.type_name: str = self.metadata["type"]
        self.required_members: list[str] = self.metadata.get("required", [])

    @cached_property
    def members(self) -> dict[str, RequestShape]:
        """The members of a structure by name."""
        return {name: RequestShape(each, self._shapes) for name, each in self.metadata["members"].items()}

    @cached_property
    def member(self) -> RequestShape:
        """What a list holds."""
        return RequestShape(self.metadata["member"], self._shapes)

    @cached_property
    def key(self) -> RequestShape:
        """The keys of a map."""
        return RequestShape(self.metadata["key"], self._shapes)

    @cached_property
    def value(self) -> RequestShape:
        """The values of a map."""
        return RequestShape(self.metadata["value"], self._shapes)


class OperationModel:
    """An operation as far as its request goes.

    Attributes:
        input_shape: The shape of its request, or None where it takes nothing.
    """

    def __init__(self, document: Mapping[str, Any]) -> None:
        name = document["input"]
        self.input_shape = None if name is None else RequestShape({"shape": name}, document["shapes"])


class ServiceModel:
    """A service's operations, in place of botocore's `ServiceModel`.

    Args:
        service: botocore's name of the service.
        folder: Where what was cut out is kept; None keeps nothing.
    """

    def __init__(self, service: str, folder: Path | None = None) -> None:
        self._service = service
        self._folder = folder
        self._operations: dict[str, OperationModel] = {}

    def operation_model(self, operation: str) -> OperationModel:
        """An operation.

        Raises:
            ImportError: botocore is not installed, or without this service's model.
            KeyError: The service has no such operation.
        """
        if operation not in self._operations:
            self._operations[operation] = OperationModel(self._kept(operation) or self._cut_out(operation))
        return self._operations[operation]

    def _file(self, operation: str) -> Path | None:
        return self._folder and self._folder / _version() / self._service / f"{operation}.json"

    def _kept(self, operation: str) -> dict[str, Any] | None:
        file = self._file(operation)
        try:
            document = json.loads(file.read_bytes()) if file else None
        except (OSError, ValueError):
            return None
        return document if isinstance(document, dict) and {"input", "shapes"} <= document.keys() else None

    def _cut_out(self, operation: str) -> dict[str, Any]:
        model = _parsed(self._service)
        given = model["operations"][operation].get("input")
        name = None if given is None else given["shape"]
        document = {"input": name, "shapes": dict(_reachable(name, model["shapes"]))}
        file = self._file(operation)
        if file is not None:
            _keep(file, json.dumps(document, separators=(",", ":")))
        return document


def _version() -> str:
    import botocore

    return str(botocore.__version__)


@cache
def _parsed(service: str) -> dict[str, Any]:
    """A service's whole model, with what botocore's own clients add to it."""
    import gzip
    from importlib.util import find_spec

    package = find_spec("botocore")
    places = package.submodule_search_locations if package else None
    versions = sorted(Path(places[0], "data", service).glob("*/service-2.json*")) if places else []
    if not versions:
        raise ModuleNotFoundError(f"botocore has no model of {service}", name="botocore")
    newest = versions[-1]
    model: dict[str, Any] = json.loads(
        gzip.decompress(newest.read_bytes()) if newest.suffix == ".gz" else newest.read_bytes()
    )
    extras = newest.parent / "service-2.sdk-extras.json"
    if extras.exists():
        _merge(model, json.loads(extras.read_bytes()).get("merge", {}))
    return model


def _merge(model: dict[str, Any], extras: Mapping[str, Any]) -> None:
    for key, value in extras.items():
        if isinstance(value, dict) and isinstance(model.get(key), dict):
            _merge(model[key], value)
        else:
            model[key] = value


def _reachable(name: str | None, shapes: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """A shape and all that it is made of, without the documentation."""
    waiting, seen = [] if name is None else [name], {name}
    while waiting:
        current = waiting.pop()
        shape = _bare(shapes[current])
        yield current, shape
        references = [shape[part] for part in ("member", "key", "value") if part in shape]
        for reference in [*references, *shape.get("members", {}).values()]:
            if reference["shape"] not in seen:
                seen.add(reference["shape"])
                waiting.append(reference["shape"])


def _bare(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    # A member may be called like the trait: then it is a mapping.
    return {key: _bare(each) for key, each in value.items() if key != "documentation" or isinstance(each, dict)}


def _keep(file: Path, text: str) -> None:
    """Writes a file whole or not at all; a folder that can't be written to costs time and nothing else."""
    import tempfile

    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=file.parent)
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            stream.write(text)
        Path(name).replace(file)
    except OSError:
        return
