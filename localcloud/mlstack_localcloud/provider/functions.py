"""Answering the functions that programs call (data sources)."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import jmespath
from botocore import xform_name
from botocore.exceptions import BotoCoreError, ClientError

from mlstack_localcloud.provider.api import ApiError
from mlstack_localcloud.provider.model import Const, DataSource
from mlstack_localcloud.provider.shapes import Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mlstack_localcloud.provider.values import Properties, Value

__all__ = ["evaluate"]


def evaluate(
    source: DataSource, arguments: Properties, context: Mapping[str, Value], client: Callable[[str], Any]
) -> tuple[Properties, list[Problem]]:
    """The answer of a function.

    Args:
        source: The function.
        arguments: What the program gives.
        context: Region, account and partition.
        client: A client of a service, in the function's region.

    Raises:
        ApiError: AWS refused the call.
    """
    problems = [Problem(name, "is required") for name in source.required if arguments.get(name) is None]
    known = {*source.arguments, "region", "id"}
    problems += [Problem(name, f"is not an argument of {source.token}") for name in arguments if name not in known]
    if problems:
        return {}, problems
    result = _called(source, arguments, client) if source.call is not None else {}
    world = {**context, "args": arguments, "result": result}
    answer = {name: _compiled(expression).search(world) for name, expression in source.outputs.items()}
    return {name: value for name, value in answer.items() if value is not None}, []


def _called(source: DataSource, arguments: Properties, client: Callable[[str], Any]) -> Mapping[str, Any]:
    call = source.call
    if call is None:
        return {}
    parameters = {member: const.value for member, const in call.arguments.items() if isinstance(const, Const)}
    parameters |= {member: arguments[name] for name, member in source.arguments.items() if member and name in arguments}
    found = client(source.service)
    method = xform_name(call.operation)
    try:
        if source.paged:
            pages: Mapping[str, Any] = found.get_paginator(method).paginate(**parameters).build_full_result()
            return pages
        response: Mapping[str, Any] = getattr(found, method)(**parameters)
    except ClientError as error:
        details = error.response.get("Error", {})
        raise ApiError(call.operation, details.get("Code", "Unknown"), details.get("Message", "")) from error
    except BotoCoreError as error:
        raise ApiError(call.operation, type(error).__name__, str(error)) from error
    return response


@lru_cache(maxsize=512)
def _compiled(expression: str) -> Any:
    return jmespath.compile(expression)
