"""From the steps of a specification to those of AWS's pipeline, as pure functions."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from mlstack_components.aws.images import FrameworkImage, framework_image
from mlstack_components.aws.monitor_image import analyzer_image
from mlstack_components.aws.pipeline_args import (
    BaselineStepArgs,
    EvaluateStepArgs,
    Gate,
    MetricDefinition,
    PipelineSteps,
    PrepareStepArgs,
    QualityBaselineStepArgs,
    RegisterStepArgs,
    SpotTraining,
    TrainStepArgs,
)
from mlstack_components.errors import UserError

from mlstack_stacks.own_images import image_uri
from mlstack_stacks.spec.access import secrets_of
from mlstack_stacks.spec.images import built_image
from mlstack_stacks.spec.model_quality import model_quality_of, problem_of
from mlstack_stacks.spec.monitors import data_quality_of
from mlstack_stacks.spec.ranges import ChoiceRange
from mlstack_stacks.spec.values import SOURCE_DIRECTORY

if TYPE_CHECKING:
    from mlstack_components.aws.images import Scope
    from mlstack_components.aws.model_card import ModelCardArgs, RiskRating
    from mlstack_components.aws.pipeline_args import ImageUri
    from mlstack_components.aws.tuning_args import Range, TuneStepArgs

    from mlstack_stacks.spec import EnvironmentSpec, Evaluate, Prepare, Steps, Train, Tune
    from mlstack_stacks.spec.model_card import Card
    from mlstack_stacks.spec.ranges import NumberRange

_PLAIN = "ml.m5.large"  # What a model is registered for where nothing is served.
_NUMBER = r"([-+]?[0-9.]+(?:[eE][-+]?[0-9]+)?)"


def image_of(steps: Steps, region: str) -> FrameworkImage | None:
    """The framework image that training runs in, or None for an image of the project's own.

    Args:
        steps: The steps.
        region: The region of the jobs.

    Raises:
        UserError: AWS has no such image there.
    """
    framework = steps.train.framework
    if framework is None:
        return None
    return framework_image(framework.name, framework.version, region, steps.train.instance_type)


@dataclass(frozen=True)
class Images:
    """The images that the steps run in; the framework's for the processors of their machines.

    Attributes:
        prepare: Where data is prepared.
        train: Where the model is trained.
        evaluate: Where it is measured.
        serve: Where it is served.
    """

    prepare: ImageUri
    train: ImageUri
    evaluate: ImageUri
    serve: ImageUri

    @property
    def addresses(self) -> tuple[str, ...]:
        """Each address once, without those that only a run knows."""
        given = (self.train, self.prepare, self.evaluate, self.serve)
        return tuple(dict.fromkeys(each for each in given if isinstance(each, str)))


def images(spec: EnvironmentSpec, steps: Steps) -> Images:
    """The images of an environment.

    Args:
        spec: The specification of the environment.
        steps: Its steps.

    Raises:
        UserError: AWS has no such image there.
    """
    serving, own = spec.serving, None
    if serving is not None and serving.image is not None:
        own = image_uri(spec, serving.image)
    if steps.train.image is not None:
        image = image_uri(spec, steps.train.image)
        return Images(image, image, image, own or image)
    train = steps.train.instance_type
    return Images(
        prepare=_shipped(spec, steps, train if steps.prepare is None else steps.prepare.instance_type),
        train=_shipped(spec, steps, train),
        evaluate=_shipped(spec, steps, train if steps.evaluate is None else steps.evaluate.instance_type),
        serve=own or _shipped(spec, steps, _PLAIN if serving is None else serving.instance_type, "inference"),
    )


def _shipped(spec: EnvironmentSpec, steps: Steps, instance_type: str, scope: Scope = "training") -> str:
    framework = steps.train.framework
    if framework is None:
        raise UserError("steps.train has neither a framework nor an image.", next_step="Add `framework: sklearn`.")
    return framework_image(framework.name, framework.version, spec.region, instance_type, scope).uri


def pipeline_steps(spec: EnvironmentSpec, steps: Steps, model_package_group: str | None) -> PipelineSteps:
    """The steps of the pipeline.

    Args:
        spec: The specification of the environment.
        steps: Its steps.
        model_package_group: The group that versions are registered in, or None where they are not.

    Raises:
        UserError: AWS has no image of the framework in the region.
    """
    uris = images(spec, steps)
    prepare, evaluate = steps.prepare, steps.evaluate
    # Who reads secrets has to reach their store, and a container in isolation reaches nothing.
    isolated = not secrets_of(spec, "processing")
    training: dict[str, Any] = {"image_uri": uris.train, "isolated": _training_is_isolated(spec)}
    return PipelineSteps(
        prepare=None if prepare is None else PrepareStepArgs(**_script(prepare, uris.prepare, isolated)),
        train=_train(steps, training),
        tune=None if steps.tune is None else _tune(steps.tune),
        evaluate=None
        if evaluate is None
        else EvaluateStepArgs(**_script(evaluate, uris.evaluate, isolated), gates=_gates(evaluate)),
        baseline=_baseline(spec),
        quality_baseline=_quality_baseline(spec),
        register=None if model_package_group is None else _register(spec, uris.serve, model_package_group),
    )


def _training_is_isolated(spec: EnvironmentSpec) -> bool:
    """Who records runs has to reach the server, as who reads secrets their store."""
    return not secrets_of(spec, "training") and spec.tracking is None


def measured(spec: EnvironmentSpec) -> bool:
    """Whether the pipeline measures what monitors compare with, of this environment or of others with its versions.

    Args:
        spec: The specification.
    """
    watching = [spec, *spec.registry_users]
    return any(data_quality_of(each) is not None or model_quality_of(each) is not None for each in watching)


def _baseline(spec: EnvironmentSpec) -> BaselineStepArgs | None:
    watching = (data_quality_of(each) for each in (spec, *spec.registry_users))
    data_quality = next((each for each in watching if each is not None), None)
    if data_quality is None:
        return None
    return BaselineStepArgs(image_uri=analyzer_image(spec.region), instance_type=data_quality.instance_type)


def _quality_baseline(spec: EnvironmentSpec) -> QualityBaselineStepArgs | None:
    watching = (model_quality_of(each) for each in (spec, *spec.registry_users))
    monitor = next((each for each in watching if each is not None), None)
    if monitor is None:
        return None
    from mlstack_components.aws.model_quality_monitor import PROBLEM_TYPES

    return QualityBaselineStepArgs(
        image_uri=analyzer_image(spec.region),
        instance_type=monitor.instance_type,
        problem_type=PROBLEM_TYPES[problem_of(spec, monitor)],
    )


def _train(steps: Steps, job: dict[str, Any]) -> TrainStepArgs:
    spot, warm = steps.train.spot, steps.train.warm_pool_minutes
    return TrainStepArgs(
        **_job(steps.train, **job),
        entry_point=None if steps.train.entry_point is None else _inside_code(steps.train.entry_point),
        command=steps.train.command or (),
        hyperparameters=dict(steps.train.hyperparameters),
        metric_definitions=() if steps.tune is None else (_objective(steps.tune),),
        spot=None if spot is None else SpotTraining(max_wait_seconds=spot.max_wait_minutes * 60),
        instance_count=steps.train.instance_count,
        distribution=None if steps.train.distribution == "none" else steps.train.distribution,
        sharded=steps.train.data_distribution == "sharded",
        keep_alive_seconds=None if warm is None else warm * 60,
    )


def _objective(tune: Tune) -> MetricDefinition:
    metric = tune.objective.metric
    return MetricDefinition(metric, tune.objective.pattern or rf"(?:^|[^A-Za-z0-9_]){metric}\s*[=:]\s*{_NUMBER}")


def _tune(tune: Tune) -> TuneStepArgs:
    from mlstack_components.aws.tuning_args import TuneStepArgs

    return TuneStepArgs(
        metric=tune.objective.metric,
        goal=tune.objective.goal,
        ranges={name: _range(values) for name, values in tune.ranges.items()},
        max_jobs=tune.max_jobs,
        max_parallel_jobs=tune.max_parallel_jobs,
        strategy=tune.strategy,
        early_stopping=tune.early_stopping,
    )


def _range(values: NumberRange | ChoiceRange) -> Range:
    from mlstack_components.aws.tuning_args import Choices, ContinuousRange, IntegerRange

    if isinstance(values, ChoiceRange):
        return Choices(tuple(str(each).lower() if isinstance(each, bool) else str(each) for each in values.values))
    if values.whole:
        return IntegerRange(int(values.minimum), int(values.maximum))
    return ContinuousRange(float(values.minimum), float(values.maximum))


def _script(step: Prepare | Evaluate, image: ImageUri, isolated: bool) -> dict[str, Any]:
    return {"entry_point": _inside_code(step.entry_point), **_job(step, image, isolated)}


def _job(step: Prepare | Train | Evaluate, image_uri: ImageUri, isolated: bool) -> dict[str, Any]:
    return {
        "image_uri": image_uri,
        "instance_type": step.instance_type,
        "volume_gigabytes": step.volume_size_gb,
        "max_runtime_seconds": step.max_runtime_minutes * 60,
        "network_isolation": isolated,
    }


def _gates(evaluate: Evaluate) -> tuple[Gate, ...]:
    return tuple(Gate(metric, gate.comparator, gate.threshold) for metric, gate in evaluate.gates.items())


def _serves_itself(spec: EnvironmentSpec) -> bool:
    """Whether an image of the project's own serves, and no script for the serving toolkit is there."""
    serving, steps = spec.serving, spec.steps
    reference = None if serving is None or steps is None else serving.image or steps.train.image
    return (
        serving is not None
        and built_image(spec, reference) is not None
        and not (spec.root / serving.entry_point).is_file()
    )


def _register(spec: EnvironmentSpec, image: ImageUri, model_package_group: str) -> RegisterStepArgs:
    serving = spec.serving
    return RegisterStepArgs(
        model_package_group_name=model_package_group,
        image_uri=image,
        entry_point=None if serving is None or _serves_itself(spec) else _inside_code(serving.entry_point),
        # Any instance type: a version that is registered here may be served in another environment on a larger one.
        instance_types=(),
        card=None if spec.registry is None or spec.registry.card is None else _card(spec, spec.registry.card),
    )


def _card(spec: EnvironmentSpec, card: Card) -> ModelCardArgs:
    from mlstack_components.aws.model_card import ModelCardArgs

    ratings: dict[str, RiskRating] = {"low": "Low", "medium": "Medium", "high": "High", "unknown": "Unknown"}
    said = card.model_dump(exclude={"risk_rating"})
    return ModelCardArgs(creator=spec.owner or spec.name, risk_rating=ratings[card.risk_rating], **said)


def _inside_code(entry_point: str) -> str:
    """A script's path as the jobs see it: the contents of the source folder are their working directory."""
    return str(PurePosixPath(entry_point).relative_to(SOURCE_DIRECTORY))
