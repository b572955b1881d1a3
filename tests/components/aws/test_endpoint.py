from __future__ import annotations

import dataclasses

import pytest
from mlstack_components.aws.endpoint import Endpoint, EndpointArgs
from mlstack_components.aws.endpoint_capture import CaptureArgs
from mlstack_components.aws.endpoint_rollout import RolloutArgs
from mlstack_components.aws.endpoint_variants import VariantArgs, variant_model_name
from mlstack_components.aws.network import Network

VERSION = "arn:aws:sagemaker:eu-west-1:111111111111:model-package/weather-dev/3"
SERVING = "aws:sagemaker/"


@pytest.fixture
def args(key_arn, tags) -> EndpointArgs:
    return EndpointArgs(
        endpoint_name="weather-dev",
        model_package_arn=VERSION,
        role_arn="arn:aws:iam::111111111111:role/serving",
        encryption_key_arn=key_arn,
        instance_type="ml.m5.large",
        instance_count=2,
        tags=tags,
        release_tags={"mlstack:commit": "abc"},
    )


@pytest.fixture
def declare_endpoint(declare):
    def run(args: EndpointArgs):
        def program():
            endpoint = Endpoint("weather-dev", args)
            return {
                "endpoint": endpoint.endpoint_name,
                "configuration": endpoint.endpoint_config_name,
                "model": endpoint.model_name,
                "logs": endpoint.log_group_name,
            }

        return declare(program)

    return run


def test_the_released_version_is_served(declare_endpoint, args):
    declared = declare_endpoint(args)
    model = declared.one("aws:sagemaker/model:Model")
    configuration = declared.one("aws:sagemaker/endpointConfiguration:EndpointConfiguration")
    assert model.inputs["primaryContainer"] == {"modelPackageName": VERSION}
    (variant,) = configuration.inputs["productionVariants"]
    assert variant == {
        "variantName": "AllTraffic",
        "modelName": "weather-dev-model",
        "instanceType": "ml.m5.large",
        "initialInstanceCount": 2,
        "initialVariantWeight": 1,
    }
    endpoint = declared.one("aws:sagemaker/endpoint:Endpoint")
    assert endpoint.inputs["name"] == "weather-dev"
    assert endpoint.inputs["endpointConfigName"] == "weather-dev-endpoint-configuration"


def test_model_and_configuration_are_named_by_the_provider(declare_endpoint, args):
    """An explicit name could not be replaced while the endpoint still uses the old one."""
    declared = declare_endpoint(args)
    assert "name" not in declared.one("aws:sagemaker/model:Model").inputs
    assert "name" not in declared.one("aws:sagemaker/endpointConfiguration:EndpointConfiguration").inputs


def test_what_a_rollback_needs_is_kept(declare_endpoint, args):
    declared = declare_endpoint(args)
    assert declared.one("aws:sagemaker/model:Model").retain_on_delete
    assert declared.one("aws:sagemaker/endpointConfiguration:EndpointConfiguration").retain_on_delete
    assert not declared.one("aws:sagemaker/endpoint:Endpoint").retain_on_delete


def test_every_serving_resource_sits_right_below_the_component(declare_endpoint, args):
    """A release targets `**mlstack:aws:Endpoint$**`."""
    declared = declare_endpoint(args)
    serving = [each for each in declared.resources if each.type.startswith(SERVING)]
    assert len(serving) == 3
    assert all(each.parent.split("::")[2].endswith("mlstack:aws:Endpoint") for each in serving)


def test_the_container_has_no_network_and_the_volume_is_encrypted(declare_endpoint, args, key_arn):
    """SageMaker.5, CKV_AWS_370, CKV_AWS_98."""
    declared = declare_endpoint(args)
    assert declared.one("aws:sagemaker/model:Model").inputs["enableNetworkIsolation"] is True
    configuration = declared.one("aws:sagemaker/endpointConfiguration:EndpointConfiguration")
    assert configuration.inputs["kmsKeyArn"] == key_arn


def test_instances_that_encrypt_their_own_disks_get_no_key(declare_endpoint, args):
    """SageMaker refuses a key for them."""
    declared = declare_endpoint(dataclasses.replace(args, instance_type="ml.g5.xlarge"))
    configuration = declared.one("aws:sagemaker/endpointConfiguration:EndpointConfiguration")
    assert "kmsKeyArn" not in configuration.inputs


def test_the_model_joins_the_given_network(declare_endpoint, args):
    """SageMaker.2."""
    declared = declare_endpoint(dataclasses.replace(args, network=Network(("subnet-1", "subnet-2"), ("sg-1",))))
    vpc = declared.one("aws:sagemaker/model:Model").inputs["vpcConfig"]
    assert vpc == {"subnets": ["subnet-1", "subnet-2"], "securityGroupIds": ["sg-1"]}


def test_logs_are_encrypted_and_kept_for_a_year(declare_endpoint, args, key_arn, tags):
    """CKV_AWS_158, CKV_AWS_338."""
    declared = declare_endpoint(args)
    assert declared.one("aws:cloudwatch/logGroup:LogGroup").inputs == {
        "name": "/aws/sagemaker/Endpoints/weather-dev",
        "kmsKeyId": key_arn,
        "retentionInDays": 365,
        "tags": tags,
    }
    endpoint = declared.one("aws:sagemaker/endpoint:Endpoint")
    assert any(urn.endswith("::weather-dev-endpoint-logs") for urn in endpoint.dependencies)


def test_the_commit_is_on_what_is_made_from_it(declare_endpoint, args, tags):
    declared = declare_endpoint(args)
    assert declared.one("aws:sagemaker/endpoint:Endpoint").inputs["tags"] == tags
    for type_ in ("aws:sagemaker/model:Model", "aws:sagemaker/endpointConfiguration:EndpointConfiguration"):
        assert declared.one(type_).inputs["tags"] == {**tags, "mlstack:commit": "abc"}


def test_nothing_serves_before_the_first_release(declare_endpoint, args):
    declared = declare_endpoint(dataclasses.replace(args, model_package_arn=None))
    assert declared.types == ["aws:cloudwatch/logGroup:LogGroup"]
    assert declared.result == {
        "endpoint": None,
        "configuration": None,
        "model": None,
        "logs": "/aws/sagemaker/Endpoints/weather-dev",
    }


CONFIGURATION = "aws:sagemaker/endpointConfiguration:EndpointConfiguration"


def test_calls_are_kept_encrypted_where_asked_for(declare_endpoint, args, key_arn):
    capture = CaptureArgs(percent=20, bucket="weather-data", encryption_key_arn=key_arn)
    declared = declare_endpoint(dataclasses.replace(args, capture=capture))
    assert declared.one(CONFIGURATION).inputs["dataCaptureConfig"] == {
        "enableCapture": True,
        "initialSamplingPercentage": 20,
        "destinationS3Uri": "s3://weather-data/capture",
        "kmsKeyId": key_arn,
        "captureOptions": [{"captureMode": "Input"}, {"captureMode": "Output"}],
        "captureContentTypeHeader": {
            "csvContentTypes": ["text/csv"],
            "jsonContentTypes": ["application/json", "application/jsonlines"],
        },
    }


@pytest.mark.parametrize(
    ("kind", "routing", "timeout"),
    [
        (
            "canary",
            {
                "type": "CANARY",
                "waitIntervalInSeconds": 300,
                "canarySize": {"type": "CAPACITY_PERCENT", "value": 20},
            },
            4200,
        ),
        (
            "linear",
            {
                "type": "LINEAR",
                "waitIntervalInSeconds": 300,
                "linearStepSize": {"type": "CAPACITY_PERCENT", "value": 20},
            },
            5100,
        ),
        ("all_at_once", {"type": "ALL_AT_ONCE", "waitIntervalInSeconds": 300}, 3900),
    ],
)
def test_calls_go_over_as_asked_for_and_alarms_bring_them_back(declare_endpoint, args, kind, routing, timeout):
    rollout = RolloutArgs(kind=kind, step_percent=20, wait_seconds=300, rollback_alarms=["errors"])
    declared = declare_endpoint(dataclasses.replace(args, rollout=rollout))
    assert declared.one("aws:sagemaker/endpoint:Endpoint").inputs["deploymentConfig"] == {
        "blueGreenUpdatePolicy": {
            "trafficRoutingConfiguration": routing,
            "maximumExecutionTimeoutInSeconds": timeout,
        },
        "autoRollbackConfiguration": {"alarms": [{"alarmName": "errors"}]},
    }


def test_neither_is_there_where_not_asked_for(declare_endpoint, args):
    declared = declare_endpoint(args)
    assert "dataCaptureConfig" not in declared.one(CONFIGURATION).inputs
    assert "deploymentConfig" not in declared.one("aws:sagemaker/endpoint:Endpoint").inputs


def _variant(name: str, percent: int) -> VariantArgs:
    return VariantArgs(
        name=name,
        model_package_arn=VERSION.replace("/3", "/2"),
        percent=percent,
        instance_type="ml.c5.large",
        instance_count=4,
    )


def test_further_versions_have_models_of_their_own_and_share_the_calls(declare_endpoint, args):
    further = [_variant("old", 10), _variant("challenger", 20)]
    declared = declare_endpoint(dataclasses.replace(args, variants=further))
    models = [each for each in declared.resources if each.type == "aws:sagemaker/model:Model"]
    assert {each.name for each in models} == {
        "weather-dev-model",
        "weather-dev-model-old",
        "weather-dev-model-challenger",
    }
    assert all(each.retain_on_delete and each.inputs["enableNetworkIsolation"] for each in models)
    configuration = declared.one("aws:sagemaker/endpointConfiguration:EndpointConfiguration")
    released, old, challenger = configuration.inputs["productionVariants"]
    assert [each["initialVariantWeight"] for each in (released, old, challenger)] == [70, 10, 20]
    assert old == {
        "variantName": "old",
        "modelName": "weather-dev-model-old",
        "instanceType": "ml.c5.large",
        "initialInstanceCount": 4,
        "initialVariantWeight": 10,
    }
    assert "shadowProductionVariants" not in configuration.inputs


def test_a_shadow_s_weight_is_its_share_beside_the_released_version(declare_endpoint, args):
    declared = declare_endpoint(dataclasses.replace(args, shadow=_variant("shadow", 50)))
    configuration = declared.one("aws:sagemaker/endpointConfiguration:EndpointConfiguration")
    (released,) = configuration.inputs["productionVariants"]
    (shadow,) = configuration.inputs["shadowProductionVariants"]
    assert (released["initialVariantWeight"], shadow["initialVariantWeight"]) == (1, 0.5)
    assert shadow["modelName"] == "weather-dev-model-shadow"


def test_a_long_variant_of_a_long_project_has_a_model_that_the_provider_can_name():
    """It adds eight characters, and SageMaker takes 63."""
    prefix, variants = "p" * 40, ["v" * 29 + "a", "v" * 29 + "b", "challenger", "old"]
    names = [variant_model_name(prefix, each) for each in variants]
    assert len(set(names)) == len(variants)
    assert all(len(each) <= 63 - 8 for each in names)
    assert names[-1] == f"{prefix}-model-old"


def test_a_variant_beside_one_model_is_not_another_model():
    """Of a project with the models `a` and `a-b`."""
    assert variant_model_name("churn-dev--a", "b") != "churn-dev--a-b-model"
