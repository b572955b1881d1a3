"""The images of the project's own that are in the repository."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime  # noqa: TC003 - dataclasses keep it
from typing import TYPE_CHECKING, Any

from mlstack_stacks.own_images import source_of
from rich.table import Table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import RenderableType

    from mlstack.cloud.deployment import Deployment


@dataclass(frozen=True)
class ListedImage:
    """An image in the repository.

    Attributes:
        name: Its name in mlstack.yaml.
        uri: Its address, with its tag.
        digest: The digest of its manifest.
        pushed_at: When it was pushed.
        current: Whether it is built of what the project holds now.
    """

    name: str
    uri: str
    digest: str
    pushed_at: datetime
    current: bool

    def to_json(self) -> dict[str, Any]:
        """Plain data for `--json`."""
        return {**vars(self), "pushed_at": self.pushed_at.isoformat()}


def listed(deployment: Deployment, url: str) -> list[ListedImage]:
    """The images that were built, the newest first.

    Args:
        deployment: The environment.
        url: The repository's address.

    Raises:
        UserError: Dockerfile or context of an image can't be packed.
    """
    images = deployment.spec.images or {}
    current = {source_of(deployment.spec, image).tag(name) for name, image in images.items()}
    pages = deployment.session.client("ecr").get_paginator("describe_images")
    found = [
        ListedImage(name, f"{url}:{tag}", detail["imageDigest"], detail["imagePushedAt"], tag in current)
        for page in pages.paginate(repositoryName=url.partition("/")[2])
        for detail in page["imageDetails"]
        for tag in detail.get("imageTags", [])
        if (name := tag.rpartition("-")[0]) in images
    ]
    return sorted(found, key=lambda each: each.pushed_at, reverse=True)


def images_table(images: Sequence[ListedImage]) -> RenderableType:
    """Show images as a table.

    Args:
        images: The images, in the order of the rows.
    """
    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in ("image", "tag", "pushed", "current"):
        table.add_column(title)
    for each in images:
        when = f"{each.pushed_at.astimezone():%Y-%m-%d %H:%M}"
        table.add_row(each.name, each.uri.rpartition(":")[2], when, "yes" if each.current else "")
    return table
