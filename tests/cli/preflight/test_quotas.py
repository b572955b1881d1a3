"""Quotas of instances against what a plan needs.

Stubbed is Service Quotas: the local cloud does not have it. What is hidden by that is how AWS names its quotas; the
names here are those of its console.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from mlstack.preflight.instances import _jobs, instances_of
from mlstack.preflight.outcome import Result
from mlstack.preflight.run import run_checks
from mlstack_stacks.plan.resources import PlannedResource

from .conftest import in_account

if TYPE_CHECKING:
    from collections.abc import Callable

    from botocore.stub import Stubber
    from mlstack.preflight.outcome import Outcome
    from mlstack.preflight.subject import Subject

ENDPOINT = "ml.m5.large for endpoint usage"
NEEDED = {
    ENDPOINT: 4,
    "ml.m5.2xlarge for processing job usage": 1,
    "ml.m5.large for processing job usage": 1,
    "ml.m5.xlarge for training job usage": 1,
}


def _check(subject: Subject) -> Outcome:
    return run_checks(subject, ("quotas",))[0].outcome


def _quotas(stubber: Stubber, operation: str, quotas: dict[str, float]) -> None:
    entries = [{"QuotaName": name, "Value": value} for name, value in quotas.items()]
    stubber.add_response(operation, {"Quotas": entries}, {"ServiceCode": "sagemaker"})


def test_a_plan_needs_its_largest_scale_and_its_largest_step(make_subject: Callable[..., Subject]) -> None:
    subject = make_subject("sizes")
    found = {each.quota: each.count for each in instances_of(subject.spec, subject.require_plan())}
    assert found == NEEDED


def test_each_variant_counts_with_its_own_range(make_subject: Callable[..., Subject]) -> None:
    subject = make_subject("variants")
    plan = subject.require_plan()
    (configuration,) = [each for each in plan.resources if each.type.endswith(":EndpointConfiguration")]
    (released,) = configuration.properties["productionVariants"]
    further = {**released, "variantName": "challenger", "initialInstanceCount": 2}
    shadow = {**released, "variantName": "shadow", "instanceType": "ml.c5.large", "initialInstanceCount": 3}
    variants = {"productionVariants": [released, further], "shadowProductionVariants": [shadow]}
    changed = replace(configuration, properties={**configuration.properties, **variants})
    resources = tuple(changed if each is configuration else each for each in plan.resources)
    found = {each.quota: each.count for each in instances_of(subject.spec, replace(plan, resources=resources))}
    assert found == {**NEEDED, ENDPOINT: 4 + 2, "ml.c5.large for endpoint usage": 3}


def test_quotas_suffice(make_subject: Callable[..., Subject], stub: Callable[[Subject, str], Stubber]) -> None:
    subject = in_account(make_subject("suffice"))
    _quotas(stub(subject, "service-quotas"), "list_service_quotas", {**dict.fromkeys(NEEDED, 10.0), "other": 0.0})
    outcome = _check(subject)
    assert outcome.result is Result.OK
    assert "not counted" in outcome.message
    assert f"{ENDPOINT}: the plan needs 4, and the quota is 10" in outcome.details


def test_a_quota_that_is_too_low_is_named(
    make_subject: Callable[..., Subject], stub: Callable[[Subject, str], Stubber]
) -> None:
    subject = in_account(make_subject("low"))
    quotas = {**dict.fromkeys(NEEDED, 10.0), "ml.m5.xlarge for training job usage": 0.0}
    _quotas(stub(subject, "service-quotas"), "list_service_quotas", quotas)
    outcome = _check(subject)
    assert outcome.result is Result.FAILURE
    assert outcome.message == "ml.m5.xlarge for training job usage: the plan needs 1, and the quota is 0."


def test_a_quota_without_room_for_an_update_is_a_warning(
    make_subject: Callable[..., Subject], stub: Callable[[Subject, str], Stubber]
) -> None:
    subject = in_account(make_subject("update"))
    _quotas(stub(subject, "service-quotas"), "list_service_quotas", {**dict.fromkeys(NEEDED, 10.0), ENDPOINT: 5.0})
    outcome = _check(subject)
    assert outcome.result is Result.WARNING
    assert "needs 8" in outcome.message


def test_quotas_that_were_never_changed_are_among_the_defaults(
    make_subject: Callable[..., Subject], stub: Callable[[Subject, str], Stubber]
) -> None:
    subject = in_account(make_subject("defaults"))
    stubber = stub(subject, "service-quotas")
    _quotas(stubber, "list_service_quotas", {ENDPOINT: 8.0})
    _quotas(stubber, "list_aws_default_service_quotas", {**dict.fromkeys(NEEDED, 1.0), ENDPOINT: 0.0})
    assert _check(subject).result is Result.OK


def test_an_instance_type_without_a_quota_is_a_warning(
    make_subject: Callable[..., Subject], stub: Callable[[Subject, str], Stubber]
) -> None:
    subject = in_account(make_subject("unnamed"))
    stubber = stub(subject, "service-quotas")
    known = {name: 10.0 for name in NEEDED if name != ENDPOINT}
    _quotas(stubber, "list_service_quotas", known)
    _quotas(stubber, "list_aws_default_service_quotas", known)
    outcome = _check(subject)
    assert outcome.result is Result.WARNING
    assert outcome.details == (ENDPOINT,)


def test_a_cloud_without_service_quotas_leaves_it_unknown(make_subject: Callable[..., Subject]) -> None:
    assert _check(in_account(make_subject("no-quotas"))).result is Result.UNKNOWN


def test_steps_count_by_kind() -> None:
    definition = {
        "Parameters": [{"Name": "Type", "DefaultValue": "ml.c5.large"}],
        "Steps": [
            {
                "Type": "Training",
                "Arguments": {
                    "ResourceConfig": {"InstanceType": {"Get": "Parameters.Type"}, "InstanceCount": 2},
                    "EnableManagedSpotTraining": True,
                },
            },
            {
                "Type": "Tuning",
                "Arguments": {
                    "HyperParameterTuningJobConfig": {"ResourceLimits": {"MaxParallelTrainingJobs": 3}},
                    "TrainingJobDefinition": {"ResourceConfig": {"InstanceType": "ml.c5.xlarge", "InstanceCount": 2}},
                },
            },
            {
                "Type": "Condition",
                "Arguments": {
                    "IfSteps": [
                        {
                            "Type": "Transform",
                            "Arguments": {"TransformResources": {"InstanceType": "ml.m4.xlarge", "InstanceCount": 5}},
                        }
                    ]
                },
            },
        ],
    }
    assert dict(_jobs(definition)) == {
        "ml.c5.large for spot training job usage": 2,
        "ml.c5.xlarge for training job usage": 6,
        "ml.m4.xlarge for transform job usage": 5,
    }


def test_the_jobs_of_monitors_count_beside_the_steps(make_subject: Callable[..., Subject]) -> None:
    subject = make_subject("monitors")
    plan = subject.require_plan()
    cluster = {"instanceType": "ml.m5.large", "instanceCount": 1.0, "volumeSizeInGb": 20.0}
    monitor = PlannedResource(
        urn="urn:pulumi:local::monitors::aws:sagemaker/dataQualityJobDefinition:DataQualityJobDefinition::quality",
        type="aws:sagemaker/dataQualityJobDefinition:DataQualityJobDefinition",
        name="quality",
        parent=None,
        custom=True,
        properties={"jobResources": {"clusterConfig": cluster}},
    )
    watched = replace(plan, resources=(*plan.resources, monitor))
    found = {each.quota: each.count for each in instances_of(subject.spec, watched)}
    assert found == {**NEEDED, "ml.m5.large for processing job usage": 2}
