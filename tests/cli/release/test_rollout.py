"""The stages of a release and what a failing one undoes.

SageMaker and SSM are moto's; the engine is scripted, because what is tested is the order of the stages and the undoing.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from mlstack.engine.failure import EngineFailure, StackLockedError
from mlstack.registry.versions import APPROVED, ModelVersion
from mlstack.release.failure import PuttingBackFailedError, ReleaseFailedError
from mlstack.release.pointer import Release, ReleasePointer
from mlstack.release.rollout import Rollout
from mlstack.release.scope import TARGETS, OutOfScopeError
from mlstack_stacks.spec.variants import Variant

GROUP = "weather-local"
ENDPOINT = "weather-local"
PATH = "/mlstack/weather/local/release"
LOCK = "/mlstack/weather/local/lock/release"
BASE = "urn:pulumi:local::weather::mlstack:stacks:Project$"
MODEL_URN = f"{BASE}mlstack:aws:Endpoint$aws:sagemaker/model:Model::weather-model"
CONFIGURATION_URN = f"{BASE}mlstack:aws:Endpoint$aws:sagemaker/endpointConfiguration:EndpointConfiguration::weather"
BUCKET_URN = f"{BASE}mlstack:aws:ArtifactStore$aws:s3/bucket:Bucket::weather-data"
TAGS = [{"Key": "mlstack:project", "Value": "weather"}, {"Key": "mlstack:environment", "Value": "local"}]


@dataclass
class Engine:
    """Does to moto what the Pulumi program would do to AWS."""

    cloud: "Cloud"
    planned: list[tuple[str, str]] = field(default_factory=lambda: [(MODEL_URN, "replace")])
    fails: BaseException | None = None
    fails_again: BaseException | None = None
    rolls_back: bool = False
    calls: list[str] = field(default_factory=list)
    state: dict[str, str] = field(default_factory=dict)

    def preview(self, targets: Sequence[str]) -> Any:
        assert tuple(targets) == TARGETS
        self.calls.append("preview")
        return SimpleNamespace(steps=[SimpleNamespace(urn=urn, operation=each) for urn, each in self.planned])

    def up(self, targets: Sequence[str], **_: object) -> None:
        assert tuple(targets) == TARGETS
        self.calls.append("up")
        if self.fails is not None:
            failure, self.fails, self.fails_again = self.fails, self.fails_again, None
            raise failure
        arn = self.cloud.pointer.read().model_package_arn
        if arn is None:
            self.state = {}
            return
        self.state = self.cloud.make(arn)
        if not self.rolls_back:
            self.cloud.serve(self.state[CONFIGURATION_URN])

    def refresh(self, targets: Sequence[str]) -> None:
        assert tuple(targets) == TARGETS
        self.calls.append("refresh")

    def export_state(self) -> dict[str, Any]:
        return {"deployment": {"resources": [{"urn": urn, "id": name} for urn, name in self.state.items()]}}

    def import_state(self, exported: dict[str, Any]) -> None:
        self.calls.append("import")
        self.state = {entry["urn"]: entry["id"] for entry in exported["deployment"]["resources"]}

    def resources(self) -> list[Any]:
        return [SimpleNamespace(urn=urn, id=name) for urn, name in self.state.items()]


@dataclass
class Cloud:
    """The SageMaker of the tests."""

    session: boto3.Session
    made: int = 0

    def __post_init__(self) -> None:
        self.sagemaker: Any = self.session.client("sagemaker")
        self.ssm: Any = self.session.client("ssm")
        self.pointer = ReleasePointer(self.ssm, PATH)
        self.sagemaker.create_model_package_group(ModelPackageGroupName=GROUP)

    def register(self) -> str:
        container = {"Image": "image", "ModelDataUrl": "s3://bucket/model.tar.gz"}
        created = self.sagemaker.create_model_package(
            ModelPackageGroupName=GROUP,
            ModelApprovalStatus=APPROVED,
            InferenceSpecification={
                "Containers": [container],
                "SupportedContentTypes": ["text/csv"],
                "SupportedResponseMIMETypes": ["text/csv"],
            },
        )
        return str(created["ModelPackageArn"])

    def make(self, arn: str) -> dict[str, str]:
        """A model and an endpoint configuration, named anew each time as the provider does."""
        self.made += 1
        model, configuration = f"weather-model-{self.made}", f"weather-configuration-{self.made}"
        self.sagemaker.create_model(
            ModelName=model,
            PrimaryContainer={"ModelPackageName": arn},
            ExecutionRoleArn="arn:aws:iam::123456789012:role/r",
            Tags=TAGS,
        )
        variant = {"VariantName": "AllTraffic", "ModelName": model, "InitialInstanceCount": 1}
        self.sagemaker.create_endpoint_config(
            EndpointConfigName=configuration,
            ProductionVariants=[variant | {"InstanceType": "ml.m5.large", "InitialVariantWeight": 1}],
            Tags=TAGS,
        )
        return {MODEL_URN: model, CONFIGURATION_URN: configuration}

    def serve(self, configuration: str) -> None:
        if self.sagemaker.list_endpoints()["Endpoints"]:
            self.sagemaker.delete_endpoint(EndpointName=ENDPOINT)
        self.sagemaker.create_endpoint(EndpointName=ENDPOINT, EndpointConfigName=configuration)

    def names(self) -> tuple[list[str], list[str]]:
        models = [each["ModelName"] for each in self.sagemaker.list_models()["Models"]]
        configurations = self.sagemaker.list_endpoint_configs()["EndpointConfigs"]
        return sorted(models), sorted(each["EndpointConfigName"] for each in configurations)

    def locked(self) -> bool:
        return bool(self.ssm.get_parameters(Names=[LOCK])["Parameters"])


@pytest.fixture
def cloud(session: boto3.Session) -> Cloud:
    return Cloud(session)


@pytest.fixture
def engine(cloud: Cloud) -> Engine:
    return Engine(cloud)


@pytest.fixture
def release(cloud: Cloud, engine: Engine) -> Callable[[], Any]:
    deployment: Any = SimpleNamespace(
        spec=SimpleNamespace(
            name="weather",
            environment="local",
            account="123456789012",
            is_local=True,
            model=None,
            serving=SimpleNamespace(
                kind="realtime",
                instances=SimpleNamespace(min=1, scale=False),
                variants={"challenger": Variant.model_construct()},
                shadow=None,
            ),
        ),
        environment="local",
        address="local",
        session=SimpleNamespace(client=lambda service: {"sagemaker": cloud.sagemaker, "ssm": cloud.ssm}[service]),
        group_name=GROUP,
        endpoint_name=ENDPOINT,
        outputs=SimpleNamespace(batch_pipeline_name=None),
        stage=None,
        owns=lambda _: True,
    )

    def newest(versions: Sequence[ModelVersion], _: ReleasePointer) -> ModelVersion:
        assert cloud.locked(), "chosen without the lock"
        return versions[0]

    return lambda: Rollout(deployment, engine, cloud.pointer, lambda _: None).run(newest)  # type: ignore[arg-type]


def test_the_first_release(cloud: Cloud, engine: Engine, release: Callable[[], Any]) -> None:
    arn = cloud.register()
    released = release()
    assert (released.changed, released.before, released.version.arn) == (True, None, arn)
    assert released.endpoint.model_package_arns == (arn,)
    assert cloud.pointer.read().model_package_arn == arn
    assert engine.calls == ["preview", "up"]
    assert not cloud.locked()


def test_a_second_time_changes_nothing_and_asks_the_engine_nothing(
    cloud: Cloud, engine: Engine, release: Callable[[], Any]
) -> None:
    cloud.register()
    release()
    engine.calls.clear()
    assert release().changed is False
    assert engine.calls == []
    assert len(list(cloud.pointer.history())) == 1


def test_the_next_version_sweeps_the_former(cloud: Cloud, release: Callable[[], Any]) -> None:
    first, _ = cloud.register(), release()
    second = cloud.register()
    released = release()
    assert (released.before, released.version.arn) == (first, second)
    assert cloud.pointer.read() == Release(second, None)
    assert released.swept.models == ("weather-model-1",)
    assert released.swept.configurations == ("weather-configuration-1",)
    assert cloud.names() == (["weather-model-2"], ["weather-configuration-2"])


def test_a_busy_endpoint_is_not_scaled_down(cloud: Cloud, engine: Engine, release: Callable[[], Any]) -> None:
    cloud.register()
    release()
    cloud.sagemaker.update_endpoint_weights_and_capacities(
        EndpointName=ENDPOINT, DesiredWeightsAndCapacities=[{"VariantName": "AllTraffic", "DesiredInstanceCount": 4}]
    )
    second = cloud.register()
    # The scripted program makes one instance whatever the pointer says, so the proof must refuse it.
    with pytest.raises(ReleaseFailedError, match="it has 1 instances instead of 4"):
        release()
    moves = cloud.ssm.get_parameter_history(Name=f"{PATH}/model-package-arn")["Parameters"]
    assert [each["Value"] for each in moves][1] == second


def test_another_project_s_models_are_not_swept(cloud: Cloud, release: Callable[[], Any]) -> None:
    cloud.sagemaker.create_model(
        ModelName="others",
        PrimaryContainer={"Image": "i"},
        ExecutionRoleArn="arn:aws:iam::123456789012:role/r",
        Tags=[{"Key": "mlstack:project", "Value": "weather"}, {"Key": "mlstack:environment", "Value": "prod"}],
    )
    cloud.register()
    release()
    assert "others" in cloud.names()[0]


def test_more_than_serving_is_refused_before_anything_changes(
    cloud: Cloud, engine: Engine, release: Callable[[], Any]
) -> None:
    cloud.register()
    engine.planned.append((BUCKET_URN, "delete"))
    with pytest.raises(OutOfScopeError, match="weather-data"):
        release()
    assert engine.calls == ["preview"]
    assert cloud.pointer.read() == Release()
    assert not cloud.locked()


def test_a_rolled_back_endpoint_fails_and_everything_is_as_before(
    cloud: Cloud, engine: Engine, release: Callable[[], Any]
) -> None:
    first, _ = cloud.register(), release()
    state = dict(engine.state)
    cloud.register()
    engine.rolls_back = True
    engine.calls.clear()
    with pytest.raises(
        ReleaseFailedError, match=r"does not serve model version 2: it serves model version 1"
    ) as raised:
        release()
    assert raised.value.exit_code == 1
    assert "mlstack models reject 2" in str(raised.value)
    assert cloud.pointer.read().model_package_arn == first
    assert engine.calls == ["preview", "up", "import", "refresh"]
    assert engine.state == state
    assert not cloud.locked()


def test_a_failing_first_release_takes_its_endpoint_away_again(
    cloud: Cloud, engine: Engine, release: Callable[[], Any]
) -> None:
    cloud.register()
    engine.fails = EngineFailure("The update failed.", diagnostics="error: the endpoint is Failed: no /ping")
    with pytest.raises(ReleaseFailedError, match=r"the endpoint is Failed: no /ping"):
        release()
    assert cloud.pointer.read() == Release()
    assert engine.calls == ["preview", "up", "up"]


@pytest.mark.parametrize(
    ("again", "told"),
    [
        (EngineFailure("The update failed.", diagnostics="error: the network is gone"), "the network is gone"),
        (StackLockedError("Another update is under way."), "Another update is under way."),
        (RuntimeError("no answer from SSM"), "no answer from SSM"),
    ],
)
def test_where_putting_back_fails_too_both_reasons_are_told(
    cloud: Cloud, engine: Engine, release: Callable[[], Any], again: Exception, told: str
) -> None:
    cloud.register()
    engine.fails = EngineFailure("The update failed.", diagnostics="error: the endpoint is Failed: no /ping")
    engine.fails_again = again
    with pytest.raises(PuttingBackFailedError) as raised:
        release()
    said = str(raised.value)
    assert (
        said.index("the endpoint is Failed: no /ping")
        < said.index("Putting everything back failed, too")
        < said.index(told)
    )
    assert "mlstack status local" in said
    assert not cloud.locked()


def test_a_locked_stack_is_told_as_such(cloud: Cloud, engine: Engine, release: Callable[[], Any]) -> None:
    cloud.register()
    engine.fails = StackLockedError("Another update is under way.")
    with pytest.raises(StackLockedError):
        release()
    assert cloud.pointer.read() == Release()
    assert engine.calls == ["preview", "up"]


def test_an_interrupt_leaves_a_state_from_which_the_same_command_goes_on(
    cloud: Cloud, engine: Engine, release: Callable[[], Any]
) -> None:
    arn = cloud.register()
    engine.fails = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        release()
    assert cloud.pointer.read().model_package_arn == arn
    assert not cloud.locked()
    assert release().endpoint.model_package_arns == (arn,)


def test_after_an_interrupt_a_failing_release_goes_back_to_what_is_really_served(
    cloud: Cloud, engine: Engine, release: Callable[[], Any]
) -> None:
    first, _ = cloud.register(), release()
    cloud.register()
    engine.fails = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        release()
    engine.rolls_back = True
    with pytest.raises(ReleaseFailedError):
        release()
    assert cloud.pointer.read().model_package_arn == first


ENDPOINT_URN = f"{BASE}mlstack:aws:Endpoint$aws:sagemaker/endpoint:Endpoint::weather"


def _shut_down(cloud: Cloud, engine: Engine) -> None:
    """As after the endpoint's schedule: Pulumi's state holds an endpoint that is not there."""
    cloud.sagemaker.delete_endpoint(EndpointName=ENDPOINT)
    engine.state[ENDPOINT_URN] = ENDPOINT
    engine.calls.clear()


def test_an_endpoint_that_was_shut_down_is_looked_for_and_made_again(
    cloud: Cloud, engine: Engine, release: Callable[[], Any]
) -> None:
    first, _ = cloud.register(), release()
    _shut_down(cloud, engine)
    released = release()
    assert (released.before, released.version.arn) == (first, first)
    assert released.endpoint.model_package_arns == (first,)
    assert engine.calls == ["refresh", "preview", "up"]


def test_a_release_that_fails_after_a_shutdown_starts_what_was_released_before(
    cloud: Cloud, engine: Engine, release: Callable[[], Any]
) -> None:
    first, _ = cloud.register(), release()
    cloud.register()
    _shut_down(cloud, engine)
    engine.fails = EngineFailure("The update failed.", diagnostics="error: the endpoint is Failed: no /ping")
    with pytest.raises(ReleaseFailedError, match=r"no /ping"):
        release()
    assert cloud.pointer.read().model_package_arn == first
    assert engine.calls == ["refresh", "preview", "up", "up"]
    described = cloud.sagemaker.describe_endpoint(EndpointName=ENDPOINT)
    assert described["EndpointConfigName"] == engine.state[CONFIGURATION_URN]
