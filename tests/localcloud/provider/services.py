"""botocore's service models, without a cloud."""

from __future__ import annotations

from functools import cache
from typing import Any

import botocore.session
from mlstack_localcloud.provider.check import check
from mlstack_localcloud.provider.configuration import Configuration
from mlstack_localcloud.provider.naming import Proposal
from mlstack_localcloud.provider.registry import resource_type
from mlstack_localcloud.provider.requests import Requests

CONFIG = Configuration("000000000000")
_SESSION = botocore.session.Session()


@cache
def requests_of(token: str) -> Requests:
    type_ = resource_type(token)
    return Requests(type_, _model(type_.service))


@cache
def _model(service: str) -> Any:
    return _SESSION.get_service_model(service)


def checked(token: str, given: dict[str, Any], config: Configuration = CONFIG, **old: Any) -> dict[str, Any]:
    """The inputs that a check makes, which must find nothing wrong."""
    inputs, problems = check(requests_of(token), old, given, Proposal("Logical", b"seed"), config)
    assert problems == []
    return inputs


def problems_of(token: str, given: dict[str, Any]) -> dict[str, str]:
    """What a check finds wrong, by place."""
    _, problems = check(requests_of(token), {}, given, Proposal("Logical", b"seed"), CONFIG)
    found: dict[str, str] = {}
    for problem in problems:
        found[problem.path] = "; ".join(filter(None, (found.get(problem.path), problem.reason)))
    return found
