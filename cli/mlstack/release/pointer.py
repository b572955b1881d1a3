"""The release pointer: the SSM parameters that say which model version an environment serves.

    <path>/model-package-arn    the model package
    <path>/baseline-uri         the S3 folder of its baseline, which monitors compare with, where it has one
    <path>/variant-<name>       the model package of a further variant, that of the shadow by the name `shadow`
    <path>/model-quality-baseline-uri   likewise for the baseline of its predictions
    <path>/instance-count-of-<name>   how many instances a further variant has at least, likewise
    <path>/instance-count       how many instances the endpoint has at least, so that a release never scales it down

Made and moved by a release, read by the Pulumi program; SSM keeps the history.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mlstack.cloud.errors import is_missing

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mypy_boto3_ssm import SSMClient

_PACKAGE = "model-package-arn"
_COUNT = "instance-count"
_BASELINE = "baseline-uri"
_VARIANT_COUNT = "instance-count-of-"
_VARIANT = "variant-"
_QUALITY_BASELINE = "model-quality-baseline-uri"


@dataclass(frozen=True)
class Release:
    """What an environment should serve.

    Attributes:
        model_package_arn: The model package, or None before the first release.
        instance_count: The least number of instances, or None for the specification's.
        baseline_uri: The S3 folder of the version's baseline, or None where it has none.
        variants: The model packages of further variants, by their names.
        quality_baseline_uri: The S3 folder of the baseline of its predictions, likewise.
        variant_counts: The least numbers of instances of further variants, where they are not the specification's.
    """

    model_package_arn: str | None = None
    instance_count: int | None = None
    baseline_uri: str | None = None
    variants: Mapping[str, str] = field(default_factory=dict)
    quality_baseline_uri: str | None = None
    variant_counts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class ReleasePointer:
    """The pointer of one environment.

    Attributes:
        ssm: A client.
        path: The path of its parameters.
    """

    ssm: SSMClient
    path: str

    def read(self) -> Release:
        """Where it points."""
        pages = self.ssm.get_paginator("get_parameters_by_path").paginate(Path=self.path)
        values = {
            parameter["Name"].rsplit("/", 1)[-1]: parameter["Value"]
            for page in pages
            for parameter in page["Parameters"]
        }
        count = values.get(_COUNT, "")
        variants = {name.removeprefix(_VARIANT): arn for name, arn in values.items() if name.startswith(_VARIANT)}
        count_known = int(count) if count.isdecimal() else None
        baselines = values.get(_BASELINE), values.get(_QUALITY_BASELINE)
        counts = {
            name.removeprefix(_VARIANT_COUNT): int(value)
            for name, value in values.items()
            if name.startswith(_VARIANT_COUNT) and value.isdecimal()
        }
        return Release(values.get(_PACKAGE), count_known, baselines[0], variants, baselines[1], counts)

    def move(self, release: Release) -> None:
        """Point somewhere else; writes only what differs, so that the history holds real moves only.

        Args:
            release: Where to.
        """
        before = self.read()
        count, count_before = (
            None if each.instance_count is None else str(each.instance_count) for each in (release, before)
        )
        if count != count_before:
            self._write(_COUNT, count)
        if release.baseline_uri != before.baseline_uri:
            self._write(_BASELINE, release.baseline_uri)
        for name in {*release.variants, *before.variants}:
            if release.variants.get(name) != before.variants.get(name):
                self._write(f"{_VARIANT}{name}", release.variants.get(name))
        for name in {*release.variant_counts, *before.variant_counts}:
            known = release.variant_counts.get(name)
            if known != before.variant_counts.get(name):
                self._write(f"{_VARIANT_COUNT}{name}", None if known is None else str(known))
        if release.quality_baseline_uri != before.quality_baseline_uri:
            self._write(_QUALITY_BASELINE, release.quality_baseline_uri)
        if release.model_package_arn != before.model_package_arn:
            self._write(_PACKAGE, release.model_package_arn)

    def history(self) -> Iterator[str]:
        """The model packages that it pointed to, newest first, the present one included."""
        from botocore.exceptions import ClientError

        pages = self.ssm.get_paginator("get_parameter_history").paginate(Name=self._name(_PACKAGE))
        try:
            values = [entry["Value"] for page in pages for entry in page["Parameters"]]
        except ClientError as error:
            if is_missing(error):
                return
            raise
        yield from reversed(values)

    def _write(self, name: str, value: str | None) -> None:
        if value is None:
            self.ssm.delete_parameters(Names=[self._name(name)])
        else:
            self.ssm.put_parameter(Name=self._name(name), Value=value, Type="String", Overwrite=True)

    def _name(self, name: str) -> str:
        return f"{self.path}/{name}"
