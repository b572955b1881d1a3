"""The single values of mlstack.yaml: what each may hold, and what a message says where it doesn't.

Each type is an annotated type for pydantic: its check raises `PydanticCustomError` with one sentence, and a suggestion
where one can be computed; its JSON schema says the same to an editor as far as JSON schema can.
"""

from __future__ import annotations

import difflib
import math
import re
from pathlib import PurePosixPath
from typing import Annotated, TypeVar

from mlstack_components.errors import quoted
from pydantic import AfterValidator, PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from mlstack_stacks.spec.instance_types import Use, is_instance_type, nearest
from mlstack_stacks.spec.regions import AWS_REGIONS

LOCAL_ENVIRONMENT = "local"
LOCAL_ACCOUNT = "000000000000"
LOCAL_REGION = "us-east-1"

MAX_PROJECT_NAME = 40
MAX_ENVIRONMENT_NAME = 20
MAX_MODEL_NAME = 30
SOURCE_DIRECTORY = "src"
# Quotas of a tuning job (docs.aws.amazon.com/sagemaker/latest/dg/automatic-model-tuning-limits.html).
MAX_TUNING_JOBS = 750
MAX_PARALLEL_TUNING_JOBS = 100
MAX_TUNING_RANGES = 30
MAX_ENTRY_POINT = 89
"""The longest path of a script: with more, the command of the evaluation would be longer than AWS takes (256)."""

# S3 refuses bucket names that begin so (docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html); roles
# with AmazonSageMakerFullAccess reach whatever has `sagemaker` in front; `mlstack` names what a platform shares.
RESERVED_PREFIXES = ("aws", "amzn", "amazon", "sagemaker", "mlstack", "sthree", "xn--")
# Names of the pipeline's own parameters; a hyperparameter becomes a parameter of its own name beside them.
RESERVED_PARAMETERS = frozenset(
    {
        "CodeUri",
        "DataUri",
        "PrepareInstanceType",
        "TrainInstanceType",
        "EvaluateInstanceType",
        "TrainImageUri",
        "ServeImageUri",
    }
)

_Value = TypeVar("_Value", str, int)
_WORDS = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_ACCOUNT = re.compile(r"[0-9]{12}")
_SIZES = ("nano", "micro", "small", "medium", "large", "xlarge", "metal")
_INSTANCE_TYPE = re.compile(
    r"ml\.([a-z][a-z0-9-]*)\.(nano|micro|small|medium|large|xlarge|metal|[1-9][0-9]{0,2}xlarge)"
)
_HYPERPARAMETER = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,63}")
_METRIC = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}")
_EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})+")
# What AWS allows in a tag's value (docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html).
_TAG_VALUE = re.compile(r"[\w .:/=+@-]{1,256}")


def wrong(message: str, suggestion: str | None = None) -> PydanticCustomError:
    """The error that a check raises.

    Args:
        message: What is wrong, without the place.
        suggestion: What to write instead, or None.
    """
    return PydanticCustomError("mlstack", "{message}", {"message": message, "suggestion": suggestion})


def once_each(values: tuple[_Value, ...]) -> tuple[_Value, ...]:
    """Refuse a value that stands in a list more than once."""
    if repeated := [each for each in values if values.count(each) > 1]:
        shown = quoted(repeated[0]) if isinstance(repeated[0], str) else repeated[0]
        raise wrong(f"{shown} stands here more than once.", "Remove one.")
    return values


def closest(word: str, known: list[str]) -> str | None:
    """The known word that a misspelt one most likely means, or None."""
    lowered = {name.lower(): name for name in known}
    matches = difflib.get_close_matches(word.lower(), list(lowered), n=1, cutoff=0.6)
    return lowered[matches[0]] if matches else None


def _check_words(value: str, what: str, maximum: int) -> str:
    if not value:
        raise wrong(f"{what} is empty.", "Write lower-case words, such as `churn-model`.")
    if len(value) > maximum:
        raise wrong(f"{what} has {len(value)} characters; {maximum} are allowed.", "Shorten it.")
    if not _WORDS.fullmatch(value):
        words = re.sub(r"[^a-z0-9]+", "-", value.lower()).strip("-").lstrip("0123456789-")
        suggestion = f'Write "{words}".' if _WORDS.fullmatch(words) else "Write it so, as in `churn-model`."
        rule = "begins with a letter and holds lower-case letters, digits and single hyphens"
        raise wrong(f"{what} {quoted(value)} is not allowed: it {rule}.", suggestion)
    return value


def check_project_name(value: str) -> str:
    """Checks a project's name: it becomes part of every name in the cloud."""
    _check_words(value, "the name", MAX_PROJECT_NAME)
    for prefix in RESERVED_PREFIXES:
        if value == prefix or value.startswith(f"{prefix.rstrip('-')}-"):
            raise wrong(f'"{prefix}" is reserved as the beginning of a name.', f'Write "my-{value}".')
    return value


def check_environment_name(value: str) -> str:
    """Checks an environment's name: it is also the name of the Pulumi stack."""
    return _check_words(value, "the environment's name", MAX_ENVIRONMENT_NAME)


def check_model_name(value: str) -> str:
    """Checks a model's name: it becomes part of every name that is the model's own."""
    return _check_words(value, "the model's name", MAX_MODEL_NAME)


def _check_owner(value: str) -> str:
    if not _TAG_VALUE.fullmatch(value):
        raise wrong("the owner becomes a tag: 1 to 256 letters, digits, spaces or one of `.:/=+-@_`.")
    return value


def _check_account(value: str) -> str:
    if not _ACCOUNT.fullmatch(value):
        raise wrong(f"{quoted(value)} is not an account: it has 12 digits.", 'Write it in quotes, as "111111111111".')
    return value


def _check_region(value: str) -> str:
    if value not in AWS_REGIONS:
        known = closest(value, list(AWS_REGIONS))
        raise wrong(f"unknown region {quoted(value)}.", f'Did you mean "{known}"?' if known else None)
    return value


def _check_instance_type(value: str) -> str:
    if _INSTANCE_TYPE.fullmatch(value):
        return value
    family, _, size = value.lower().removeprefix("ml.").rpartition(".")
    sizes = [*_SIZES, *(f"{count}xlarge" for count in (2, 4, 8, 9, 12, 16, 18, 24, 32, 48))]
    candidate = f"ml.{family}.{size if size in sizes else closest(size, sizes)}"
    suggestion = f'Did you mean "{candidate}"?' if _INSTANCE_TYPE.fullmatch(candidate) else 'Such as "ml.m5.large".'
    raise wrong(f"{quoted(value)} is not an instance type for machine learning.", suggestion)


def _check_use(use: Use) -> AfterValidator:
    def check(value: str) -> str:
        _check_instance_type(value)
        if not is_instance_type(value, use):
            message = f"{quoted(value)} is not an instance type that AWS knows for {use.value}."
            raise wrong(message, f'Did you mean "{nearest(value, use)}"?')
        return value

    return AfterValidator(check)


def check_path(value: str) -> str:
    """Checks a path of the project."""
    path = PurePosixPath(value)
    if not value or "\\" in value or path.is_absolute() or ".." in path.parts or not value.isprintable():
        raise wrong(f"{quoted(value)} is not a path inside the project.", "Write it relative to this file.")
    return value


def _check_entry_point(value: str) -> str:
    path = PurePosixPath(check_path(value))
    if path.suffix != ".py" or path.parts[0] != SOURCE_DIRECTORY or len(path.parts) < 2:  # noqa: PLR2004 - folder and file
        raise wrong(
            f"{quoted(value)} is not a Python script below {SOURCE_DIRECTORY}/.",
            f'Such as "{SOURCE_DIRECTORY}/train.py": that folder is what reaches the jobs.',
        )
    if not re.fullmatch(r"[A-Za-z0-9_./-]+", value):
        raise wrong(f"{quoted(value)} holds characters that a job's command line can't carry.")
    if len(value) > MAX_ENTRY_POINT:
        raise wrong(f"the script's path has {len(value)} characters; {MAX_ENTRY_POINT} are allowed.", "Shorten it.")
    return value


def _check_email(value: str) -> str:
    if not _EMAIL.fullmatch(value):
        raise wrong(f"{quoted(value)} is not an e-mail address.")
    return value


def _check_metric(value: str) -> str:
    if not _METRIC.fullmatch(value):
        raise wrong(f"{quoted(value)} is not a metric's name: letters, digits and underscores.")
    return value


def _check_pattern(value: str) -> str:
    if not 0 < len(value) <= 500:  # noqa: PLR2004 - MetricRegex
        raise wrong("a pattern has 1 to 500 characters.")
    try:
        groups = re.compile(value).groups
    except re.error as error:
        raise wrong(f"{quoted(value)} is not a regular expression: {error}.") from None
    if groups != 1:
        raise wrong("a pattern has one group, which is the value.", 'Such as "f1=([0-9.]+)".')
    return value


def _check_hyperparameter_name(value: str) -> str:
    if not _HYPERPARAMETER.fullmatch(value):
        raise wrong(f"{quoted(value)} is not a hyperparameter's name: letters, digits, `_` and `-`, at most 64.")
    if value in RESERVED_PARAMETERS or value.lower().startswith("sagemaker"):
        raise wrong(f"{quoted(value)} is a name of the pipeline's own.", "Choose another name.")
    return value


def _check_hyperparameter(value: object) -> int | float | str | bool:
    if not isinstance(value, bool | int | float | str):
        raise wrong("a hyperparameter is one number, text, true or false.")
    if isinstance(value, float) and not math.isfinite(value):
        raise wrong("a hyperparameter is a finite number.")
    if isinstance(value, str) and not (0 < len(value) <= 2500 and value.isprintable()):  # noqa: PLR2004 - SageMaker's limit
        raise wrong("a hyperparameter's text is printable and has 1 to 2500 characters.")
    return value


_WORDS_SCHEMA = r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$"


def _text(pattern: str, example: str, **more: object) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "pattern": pattern, "examples": [example], **more})


ProjectName = Annotated[
    str, AfterValidator(check_project_name), _text(_WORDS_SCHEMA, "seattle-weather", maxLength=MAX_PROJECT_NAME)
]
EnvironmentName = Annotated[
    str, AfterValidator(check_environment_name), _text(_WORDS_SCHEMA, "prod", maxLength=MAX_ENVIRONMENT_NAME)
]
Owner = Annotated[str, AfterValidator(_check_owner)]
Account = Annotated[
    str,
    AfterValidator(_check_account),
    _text("^[0-9]{12}$", "111111111111", description="The account's 12 digits, in quotes."),
]
Region = Annotated[
    str,
    AfterValidator(_check_region),
    WithJsonSchema({"type": "string", "enum": list(AWS_REGIONS), "description": "The region."}),
]
_INSTANCE_TYPE_SCHEMA = _text(f"^{_INSTANCE_TYPE.pattern}$", "ml.m5.large")
ProcessingInstanceType = Annotated[str, _check_use(Use.PROCESSING), _INSTANCE_TYPE_SCHEMA]
TrainingInstanceType = Annotated[str, _check_use(Use.TRAINING), _INSTANCE_TYPE_SCHEMA]
RealtimeInstanceType = Annotated[str, _check_use(Use.REALTIME), _INSTANCE_TYPE_SCHEMA]
RelativePath = Annotated[str, AfterValidator(check_path)]
EntryPoint = Annotated[str, AfterValidator(_check_entry_point), _text(r"^src/[A-Za-z0-9_./-]+\.py$", "src/train.py")]
Email = Annotated[str, AfterValidator(_check_email), _text("^[^@ ]+@[^@ ]+$", "ml-team@example.com")]
MetricName = Annotated[str, AfterValidator(_check_metric), _text("^[A-Za-z][A-Za-z0-9_]{0,63}$", "accuracy")]
MetricPattern = Annotated[str, AfterValidator(_check_pattern)]
HyperparameterName = Annotated[
    str, AfterValidator(_check_hyperparameter_name), _text("^[A-Za-z][A-Za-z0-9_-]{0,63}$", "max_depth")
]
Hyperparameter = Annotated[
    int | float | str | bool,
    PlainValidator(_check_hyperparameter),
    WithJsonSchema({"type": ["integer", "number", "string", "boolean"]}),
]
