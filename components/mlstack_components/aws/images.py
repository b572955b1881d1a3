"""The framework images that AWS publishes: addresses and what they hold, from `images.json`, which names its sources.

The file's shape, a framework a key:

    {"sklearn": {"repository": ..., "tag": "{version}-...", "default_version": ..., "registries": {region: account},
                 "versions": {version: {"python": ..., "packages": {name: version}}}}}
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from mlstack_components.aws.placement import Placement
from mlstack_components.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Mapping

_ECR_IMAGE = re.compile(
    r"^(?P<account>\d{12})\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.amazonaws\.com(?:\.cn)?/(?P<repository>[^:@]+)(?:[:@].+)?$"
)


@dataclass(frozen=True)
class FrameworkImage:
    """A framework image of AWS.

    Attributes:
        framework: The framework, such as `sklearn`.
        version: The image's version, such as `1.9-0`.
        uri: The image's address in the region's registry.
        python_version: The Python inside, such as `3.12`.
        packages: The versions of packages inside, as far as they are published.
    """

    framework: str
    version: str
    uri: str
    python_version: str
    packages: Mapping[str, str]


def framework_image(framework: str, version: str | None, region: str) -> FrameworkImage:
    """Return a framework's image in a region.

    Args:
        framework: The framework, such as `sklearn`.
        version: The image's version; the newest known one where None.
        region: The region of the jobs.

    Raises:
        UserError: If framework or version is unknown, or AWS publishes no image in the region.
    """
    known = _data()
    if framework not in known:
        raise UserError(f"There is no framework {framework}.", next_step=_choices(framework, known))
    data = known[framework]
    chosen = data["default_version"] if version is None else version
    if chosen not in data["versions"]:
        raise UserError(f"AWS has no {framework} image {chosen}.", next_step=_choices(chosen, data["versions"]))
    if region not in data["registries"]:
        raise UserError(
            f"AWS has no {framework} image in {region}.", next_step=f"Choose one of {', '.join(data['registries'])}."
        )
    placement = Placement(data["registries"][region], region)
    registry = f"{placement.account}.dkr.ecr.{region}.{placement.domain}"
    content = data["versions"][chosen]
    return FrameworkImage(
        framework=framework,
        version=chosen,
        uri=f"{registry}/{data['repository']}:{data['tag'].format(version=chosen)}",
        python_version=content["python"],
        packages=content["packages"],
    )


def framework_versions(framework: str) -> tuple[str, ...]:
    """Return the known versions of a framework's image, oldest first.

    Args:
        framework: The framework, such as `sklearn`.

    Raises:
        UserError: If the framework is unknown.
    """
    known = _data()
    if framework not in known:
        raise UserError(f"There is no framework {framework}.", next_step=_choices(framework, known))
    return tuple(known[framework]["versions"])


def repository_arn(image_uri: str) -> str | None:
    """Return the ARN of the ECR repository that an image lies in, or None where it lies elsewhere.

    Args:
        image_uri: The image's address, with a tag or digest.
    """
    match = _ECR_IMAGE.match(image_uri)
    if match is None:
        return None
    return Placement(match["account"], match["region"]).arn("ecr", f"repository/{match['repository']}")


@cache
def _data() -> dict[str, Any]:
    text = files("mlstack_components.aws").joinpath("images.json").read_text(encoding="utf-8")
    data: dict[str, Any] = json.loads(text)
    return data


def _choices(given: str, known: Mapping[str, object]) -> str:
    near = get_close_matches(given, known, n=1)
    return f"Did you mean {near[0]}?" if near else f"Choose one of {', '.join(known)}."
