"""The framework images that AWS publishes: addresses and what they hold, from `images.json`, which names its sources.

The file's shape, a framework a key:

    {"sklearn": {"processors": ["cpu"], "repository": ..., "tag": "{version}-...", "default_version": ...,
                 "registries": {region: account}, "versions": {version: {"python": ..., "packages": {name: version}}}}}

Repository and tag may hold `{scope}`, `{version}`, `{processor}` and `{python}`.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from mlstack_components.aws.instance_types import processor_kind
from mlstack_components.aws.placement import Placement
from mlstack_components.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Mapping

_ECR_IMAGE = re.compile(
    r"^(?P<account>\d{12})\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.amazonaws\.com(?:\.cn)?/(?P<repository>[^:@]+)(?:[:@].+)?$"
)

Scope: TypeAlias = Literal["training", "inference"]
"""What an image is for; some frameworks have one for both."""


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


def framework_image(
    framework: str,
    version: str | None,
    region: str,
    instance_type: str = "ml.m5.large",
    scope: Scope = "training",
) -> FrameworkImage:
    """Return a framework's image in a region.

    Args:
        framework: The framework, such as `sklearn`.
        version: The image's version; the newest known one where None.
        region: The region of the jobs.
        instance_type: What it runs on; with a graphics processor it is the image for one, where AWS has it.
        scope: Whether it trains (and prepares and evaluates) or serves.

    Raises:
        UserError: If framework or version is unknown, AWS publishes no image in the region, or none for the instance's
            processor.
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
    names = {
        "scope": scope,
        "version": chosen,
        "processor": _processor(framework, data["processors"], instance_type),
        "python": content["python"].replace(".", ""),
    }
    return FrameworkImage(
        framework=framework,
        version=chosen,
        uri=f"{registry}/{data['repository'].format(**names)}:{data['tag'].format(**names)}",
        python_version=content["python"],
        packages=content["packages"],
    )


def _processor(framework: str, processors: list[str], instance_type: str) -> str:
    kind = processor_kind(instance_type)
    if kind == "neuron":
        raise UserError(
            f"AWS's {framework} images don't run on {instance_type}, whose accelerator needs images of its own.",
            next_step="Choose a type with a graphics processor, such as ml.g5.xlarge, or none.",
        )
    # On an instance with a graphics processor an image without support for it runs all the same.
    return kind if kind in processors else processors[0]


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


def registry_of(image_uri: str) -> str | None:
    """Return the registry of ECR that an image lies in, or None where it lies elsewhere.

    Args:
        image_uri: The image's address.
    """
    return image_uri.partition("/")[0] if _ECR_IMAGE.match(image_uri) else None


@cache
def _data() -> dict[str, Any]:
    text = files("mlstack_components.aws").joinpath("images.json").read_text(encoding="utf-8")
    data: dict[str, Any] = json.loads(text)
    return data


def _choices(given: str, known: Mapping[str, object]) -> str:
    near = get_close_matches(given, known, n=1)
    return f"Did you mean {near[0]}?" if near else f"Choose one of {', '.join(known)}."
