"""SageMaker's own description of its API, from botocore: which operations exist and what goes in and out."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from botocore.loaders import Loader
from botocore.model import OperationNotFoundError, ServiceModel

if TYPE_CHECKING:
    from mlstack_localcloud.server.sagemaker.ports import Document

# A botocore Shape; botocore carries no types.
Shape = Any


@cache
def _model(service: str = "sagemaker") -> Any:
    # Loaded at the first request, not at import: it takes 0.1 s and 20 MB.
    return ServiceModel(Loader().load_service_model(service, "service-2"), service)


def input_shape(operation: str, service: str = "sagemaker") -> Shape | None:
    """Return the shape of an operation's request, or None when AWS has no such operation."""
    try:
        return _model(service).operation_model(operation).input_shape
    except OperationNotFoundError:
        return None


def shape(name: str) -> Shape:
    """Return a shape by its name."""
    return _model().shape_for(name)


def answer(operation: str, document: Document, service: str = "sagemaker") -> Document:
    """Return the part of a document that an operation answers with: what its output shape has, and nothing of ours."""
    output = _model(service).operation_model(operation).output_shape
    return {} if output is None else fitted(output, document)


def fitted(form: Shape, value: Any) -> Any:
    """Return a value without what its shape does not have, at any depth."""
    if value is None:
        return None
    if form.type_name == "structure":
        members = form.members
        return {key: fitted(members[key], item) for key, item in value.items() if key in members and item is not None}
    if form.type_name == "list":
        return [fitted(form.member, item) for item in value]
    if form.type_name == "map":
        return {key: fitted(form.value, item) for key, item in value.items()}
    return value
