"""What the pages say of the local cloud, its provider and the engine is what they have."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mlstack.engine.find import MINIMUM
from mlstack_localcloud.home import ACCOUNT, DEFAULT_REGION
from mlstack_localcloud.provider.registry import DATA_SOURCES, RESOURCE_TYPES
from mlstack_localcloud.provider.servicer import VERSION
from mlstack_localcloud.server.gateway import HEALTH_PATH
from mlstack_localcloud.server.services import SERVICES

if TYPE_CHECKING:
    from .conftest import Page

_TOKEN = re.compile(r"aws:\w+/\w+:\w+")


def test_the_provider_page_lists_exactly_the_types(pages: dict[str, Page]) -> None:
    text = pages["docs/provider.md"].text.partition("## Resource types")[2]
    listed = [code for code in re.findall(r"`([^`]+)`", text) if _TOKEN.fullmatch(code)]
    assert sorted(listed) == sorted([*RESOURCE_TYPES, *DATA_SOURCES])


def test_the_provider_page_has_the_official_version(pages: dict[str, Page]) -> None:
    assert f"pulumi-aws {VERSION}" in pages["docs/provider.md"].text


def test_the_local_cloud_page_lists_exactly_the_services(pages: dict[str, Page]) -> None:
    paragraph = re.search(r"moto\s+answers for\n\n(.*?)\n\n", pages["docs/localcloud.md"].text, re.DOTALL)
    assert paragraph is not None
    assert sorted(re.findall(r"`([^`]+)`", paragraph.group(1))) == sorted(SERVICES)


def test_the_local_cloud_page_has_its_constants(pages: dict[str, Page]) -> None:
    code = pages["docs/localcloud.md"].code()
    assert {ACCOUNT, DEFAULT_REGION, f"GET {HEALTH_PATH}"} <= {*code}


def test_the_engine_page_has_the_oldest_version(pages: dict[str, Page]) -> None:
    assert f"{MINIMUM} or newer" in pages["docs/engine.md"].text
