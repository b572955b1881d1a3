"""The group `serving.batch`: whole datasets are scored at once, on a schedule or whenever there is new data."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Literal

from mlstack_components.aws.names import PREDICTIONS_PREFIX, split_s3_uri
from mlstack_components.errors import quoted
from pydantic import AfterValidator, Field, ValidationInfo, WithJsonSchema, field_validator, model_validator

from mlstack_stacks.spec.base import SpecModel
from mlstack_stacks.spec.cron import CronExpression  # noqa: TC001 - pydantic reads the annotations
from mlstack_stacks.spec.instance_types import Use, is_instance_type, nearest
from mlstack_stacks.spec.monitors import data_quality_of
from mlstack_stacks.spec.serving_kinds import meant
from mlstack_stacks.spec.values import wrong

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlstack_stacks.spec.models import EnvironmentSpec

MOST_PAYLOAD_MB = 100
"""What the requests in flight on a machine may hold together (CreateTransformJob, MaxPayloadInMB)."""

RECORDS = ("text/csv", "application/json", "application/jsonlines")
"""The media types whose predictions can be written beside their records (DataProcessing, JoinSource)."""

# https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html, the safe characters; 900 leave room for names.
_PREFIX = r"[A-Za-z0-9!_.*'()-][A-Za-z0-9!_.*'()/-]{0,899}"
_BUCKET = r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]"
_SOURCE = re.compile(rf"(?:s3://{_BUCKET}/)?{_PREFIX}")
_CONTENT_TYPE = re.compile(r"[a-z]+/[A-Za-z0-9.+-]{1,100}")


def _check_source(value: str) -> str:
    if not _SOURCE.fullmatch(value):
        raise wrong(
            f"{quoted(value)} is neither a prefix in the data bucket nor an S3 address.",
            'Such as "incoming/" or "s3://bucket/prefix/".',
        )
    if value.startswith(PREDICTIONS_PREFIX) or PREDICTIONS_PREFIX.startswith(value):
        raise wrong(
            f'predictions are written below "{PREDICTIONS_PREFIX}", so they would be scored again.',
            'Write another prefix, such as "incoming/".',
        )
    return value


def _check_content_type(value: str) -> str:
    if not _CONTENT_TYPE.fullmatch(value):
        raise wrong(f"{quoted(value)} is no media type.", 'Such as "text/csv".')
    return value


Source = Annotated[
    str,
    AfterValidator(_check_source),
    WithJsonSchema({"type": "string", "minLength": 1, "maxLength": 970, "examples": ["incoming/"]}),
]
ContentType = Annotated[
    str,
    AfterValidator(_check_content_type),
    WithJsonSchema({"type": "string", "pattern": f"^{_CONTENT_TYPE.pattern}$", "examples": ["text/csv"]}),
]


class Batch(SpecModel):
    """Which data is scored, and when."""

    source: Source
    """Where the data lies: a prefix in the data bucket, such as `incoming/`, or an address such as `s3://bucket/in/`."""
    schedule: CronExpression | None = None
    """When all of it is scored, again and again, in UTC: minute, hour, day of the month, month, weekday."""
    on_new_data: bool = False
    """Whether each file that is added there is scored at once; needs a prefix in the data bucket."""
    content_type: ContentType = "text/csv"
    """The media type of the files; predictions have the same where they can."""
    split: Literal["line", "none"] = "line"
    """`line`: each line of a file is a record; `none`: a file is sent to the model whole."""
    max_concurrent: Annotated[int, Field(ge=1, le=100)] = 1
    """How many requests each machine works on at once."""
    max_payload_mb: Annotated[int, Field(ge=1, le=MOST_PAYLOAD_MB)] = 6
    """How much a request holds at most, in MB: as many records as fit."""
    join_input: bool = False
    """Whether each prediction is written beside its record; needs csv, json or jsonlines."""

    @field_validator("on_new_data")
    @classmethod
    def _in_the_data_bucket(cls, on_new_data: bool, info: ValidationInfo) -> bool:
        if on_new_data and str(info.data.get("source", "")).startswith("s3://"):
            raise wrong(
                "only the data bucket tells of new files, and `source` is in another bucket.",
                "Write a prefix in the data bucket as `source`, or a `schedule`.",
            )
        return on_new_data

    @field_validator("join_input")
    @classmethod
    def _joinable(cls, join_input: bool, info: ValidationInfo) -> bool:
        content_type = info.data.get("content_type")
        if join_input and content_type is not None and content_type not in RECORDS:
            raise wrong(
                f"predictions can't be written beside records of {quoted(content_type)}.",
                f"Only with {', '.join(RECORDS)}.",
            )
        return join_input

    @model_validator(mode="after")
    def _in_flight(self) -> Batch:
        together = self.max_concurrent * self.max_payload_mb
        if together > MOST_PAYLOAD_MB:
            raise wrong(
                f"{self.max_concurrent} requests of {self.max_payload_mb} MB are {together} MB; {MOST_PAYLOAD_MB} are "
                "allowed at once.",
                f"Write `max_payload_mb: {MOST_PAYLOAD_MB // self.max_concurrent}` or less.",
            )
        return self

    @property
    def bucket(self) -> str | None:
        """The bucket of the data; None for the environment's own."""
        return split_s3_uri(self.source)[0] if self.source.startswith("s3://") else None

    @property
    def prefix(self) -> str:
        """What the keys of the data begin with."""
        return self.source if self.bucket is None else split_s3_uri(self.source)[1]


def batch_contradictions(spec: EnvironmentSpec) -> Iterator[tuple[str, str, str]]:
    """What of `serving` means nothing when whole datasets are scored.

    Args:
        spec: The specification of the environment.

    Yields:
        Key, message and next step of each.
    """
    serving = spec.serving
    if serving is None or serving.kind != "batch":
        return
    if serving.batch is None:
        hint = 'Write `batch: {source: incoming/, schedule: "0 6 * * *"}`.'
        yield "serving.kind", "`kind: batch` needs `batch`, which says what data is scored.", hint
    if serving.rollout.kind != "all_at_once" or serving.rollout.rollback_alarms:
        message = "a batch answers no calls that could go over to a new model step by step."
        yield "serving.rollout", message, "Leave `rollout` out."
    if serving.scaling is not None and meant(spec, "serving.scaling"):
        message = "a batch has `instances.min` machines from its start to its end; nothing scales."
        yield "serving.scaling", message, "Leave `scaling` out."
    if serving.instances.max is not None and meant(spec, "serving.instances.max"):
        message = "a batch has `instances.min` machines from its start to its end."
        yield "serving.instances.max", message, "Leave `max` out."
    if serving.capture_percent:
        message = "a batch answers no calls; its predictions are all kept."
        yield "serving.capture_percent", message, "Leave `capture_percent` out."
    if serving.idle_shutdown is not None:
        message = "a batch has machines only while it runs; nothing is idle."
        yield "serving.idle_shutdown", message, "Leave `idle_shutdown` out."
    if data_quality_of(spec) is not None:
        message = "monitors look at the calls of an endpoint, and a batch answers none."
        yield "monitoring.data_quality", message, "Write `data_quality: null` for this environment."
    if not is_instance_type(serving.instance_type, Use.TRANSFORM):
        message = f"AWS has no {quoted(serving.instance_type)} for {Use.TRANSFORM.value}."
        yield "serving.instance_type", message, f'Write "{nearest(serving.instance_type, Use.TRANSFORM)}".'
