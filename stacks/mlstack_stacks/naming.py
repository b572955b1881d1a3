"""The names that a project's environment has in the cloud.

Most resources are named by the provider from a prefix; what clients and other stacks call by name is chosen here. Two
different environments never share a name: `<project>-<environment>` is used as long as it can be read in one way only
and is short enough, else a hash of both takes the place of what doesn't fit.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mlstack_stacks.spec.stack import StackSpec

MAX_RESOURCE_PREFIX = 40
"""Leaves S3 room for `-artifacts-1234567` in a bucket's 63 characters, and IAM for as much in a role's 64."""

MAX_NAME = 63
"""What SageMaker allows for a model package group, an endpoint and a pipeline's own jobs
(docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateEndpoint.html)."""

MAX_FEATURE_GROUP = 64
"""What SageMaker allows for a feature group
(docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateFeatureGroup.html)."""

RELEASE_PARAMETER = "model-package-arn"

INSTANCE_COUNT_PARAMETER = "instance-count"
"""The last part of the parameter beside it that holds the endpoint's instance count."""

VARIANT_COUNT_PREFIX = "instance-count-of-"
"""What the last part of the parameters begins with that hold the instance counts of further variants."""

BASELINE_PARAMETER = "baseline-uri"
"""The last part of the parameter beside it that says where the version's baseline lies."""

VARIANT_PARAMETER_PREFIX = "variant-"
"""What the last part of the parameters begins with that hold the versions of further variants."""
QUALITY_BASELINE_PARAMETER = "model-quality-baseline-uri"
"""Likewise for the baseline of the version's predictions."""

_BATCH = "batch"
_HASH_DIGITS = 8
_HASHED = re.compile(rf"-0[0-9a-f]{{{_HASH_DIGITS - 1}}}$")


@dataclass(frozen=True)
class Names:
    """The names of one environment of a project.

    Attributes:
        project: The project's name.
        environment: The environment's name.
        model: The model's name where the project has several, each with names of its own; else None.
    """

    project: str
    environment: str
    model: str | None = None

    @classmethod
    def of(cls, spec: StackSpec) -> Names:
        """The names of an environment, or of the model that a specification is the view of."""
        return cls(spec.name, spec.environment, getattr(spec, "model", None))

    @property
    def resource_prefix(self) -> str:
        """What Pulumi's names of resources, and so the provider's names, begin with; at most 40 characters."""
        return self._own(MAX_RESOURCE_PREFIX)

    @property
    def model_package_group(self) -> str:
        """The model package group; at most 63 characters."""
        return self._own(MAX_NAME)

    @property
    def pipeline(self) -> str:
        """The training pipeline; at most 63 characters."""
        if self.model is None and self.environment == _BATCH:
            # That of project `a-b` in an environment `batch` would be the batch pipeline of project `a` in `b`.
            return _hashed((self.project, self.environment), MAX_NAME)
        return self._own(MAX_NAME)

    @property
    def batch_pipeline(self) -> str:
        """The pipeline that scores whole datasets; at most 63 characters."""
        return self._own(MAX_NAME, _BATCH)

    @property
    def endpoint(self) -> str:
        """The endpoint; at most 63 characters."""
        return self._own(MAX_NAME)

    @property
    def tracking_server(self) -> str:
        """The tracking server; at most 63 characters."""
        return qualified_name(self.project, self.environment, MAX_NAME)

    @property
    def workbench(self) -> str:
        """The domain that data scientists work in; at most 63 characters."""
        return qualified_name(self.project, self.environment, MAX_NAME)

    @property
    def beginnings(self) -> tuple[str, ...]:
        """What all names that are chosen here begin with.

        They are one of these or go on with a hyphen; of one that ends in a star any characters follow.
        """
        # Those of models begin as the environment's: with two hyphens after it, or cut where feature groups are.
        cut, plain = MAX_FEATURE_GROUP - _HASH_DIGITS - 1, f"{self.project}-{self.environment}"
        groups = plain if len(plain) < cut else f"{plain[: cut - 1]}*"
        return tuple(dict.fromkeys((qualified_name(self.project, self.environment, MAX_NAME), groups)))

    def feature_group(self, group: str) -> str:
        """A feature group; at most 64 characters.

        Args:
            group: Its name in the specification: lower-case words joined by single underscores.
        """
        return _joined(self.project, self.environment, MAX_FEATURE_GROUP, group)

    @property
    def dashboard(self) -> str:
        """The dashboard; at most 63 characters."""
        return self._own(MAX_NAME)

    @property
    def release_path(self) -> str:
        """The SSM path below which the release pointer lies."""
        path = f"/mlstack/{self.project}/{self.environment}/release"
        return path if self.model is None else f"{path}/{self.model}"

    @property
    def release_parameter(self) -> str:
        """The SSM parameter that holds the ARN of the model package that the environment serves."""
        return f"{self.release_path}/{RELEASE_PARAMETER}"

    @property
    def instance_count_parameter(self) -> str:
        """The SSM parameter that holds how many instances the endpoint had when it was released."""
        return f"{self.release_path}/{INSTANCE_COUNT_PARAMETER}"

    @property
    def baseline_parameter(self) -> str:
        """The SSM parameter that holds the S3 folder of the baseline of the version that is served."""
        return f"{self.release_path}/{BASELINE_PARAMETER}"

    def variant_parameter(self, variant: str) -> str:
        """The SSM parameter that holds the ARN of the model package of a variant beside the released one.

        Args:
            variant: Its name in the specification; that of the shadow is `shadow`.
        """
        return f"{self.release_path}/{VARIANT_PARAMETER_PREFIX}{variant}"

    def variant_count_parameter(self, variant: str) -> str:
        """The SSM parameter that holds how many instances a further variant had when it was released.

        Args:
            variant: Its name in the specification.
        """
        return f"{self.release_path}/{VARIANT_COUNT_PREFIX}{variant}"

    @property
    def quality_baseline_parameter(self) -> str:
        """The SSM parameter that holds the S3 folder of the baseline of the served version's predictions."""
        return f"{self.release_path}/{QUALITY_BASELINE_PARAMETER}"

    def _own(self, maximum: int, *more: str) -> str:
        """The name of the model where there is one, else of the environment."""
        if self.model is None:
            return _joined(self.project, self.environment, maximum, *more)
        return _of_model((self.project, self.environment, self.model, *more), maximum)


def qualified_name(project: str, environment: str, maximum: int) -> str:
    """The name of an environment of a project, different for any two of them.

    `a-b` in `c` and `a` in `b-c` would both be `a-b-c`: an environment with a hyphen gets a hash. The hash begins with
    a zero, which no environment's name does, so no other environment's plain name ends like it.

    Args:
        project: The project's name: lower-case words joined by single hyphens, the first beginning with a letter.
        environment: The environment's name, of the same form.
        maximum: The most characters that the name may have; at least 20.

    Returns:
        A name of the same form.
    """
    return _joined(project, environment, maximum)


def _joined(project: str, environment: str, maximum: int, *more: str) -> str:
    """The words with hyphens between, as long as they can be told apart; what follows the environment has none."""
    plain = "-".join((project, environment, *more))
    if "-" not in environment and len(plain) <= maximum:
        return plain
    return _hashed((project, environment, *more), maximum)


def _hashed(words: tuple[str, ...], maximum: int) -> str:
    """The words, cut where they are too many, and a hash of them."""
    digest = hashlib.sha256("/".join(words).encode()).hexdigest()[: _HASH_DIGITS - 1]
    return f"{'-'.join(words)[: maximum - _HASH_DIGITS - 1].rstrip('-_')}-0{digest}"


def _of_model(words: tuple[str, ...], maximum: int) -> str:
    """The words of a model's name, the first two of which are project and environment.

    Project `a-b` and the model `b` of project `a` must not meet, so two hyphens stand before a model, as in no name of
    an environment; a name that could be another one's hash, or is too long, gets a hash.
    """
    project, environment, *rest = words
    plain = "--".join((f"{project}-{environment}", *rest))
    if "-" not in environment and len(plain) <= maximum and not _HASHED.search(plain):
        return plain
    digest = hashlib.sha256("/".join((project, environment, "", *rest)).encode()).hexdigest()[: _HASH_DIGITS - 1]
    return f"{plain[: maximum - _HASH_DIGITS - 1].rstrip('-')}-0{digest}"
