from __future__ import annotations

import base64
import io
import json
import tarfile
import time
from typing import TYPE_CHECKING, Any

import pulumi
from pulumi_aws import iam, s3, sagemaker

from . import Case, Shared, cloud_control

if TYPE_CHECKING:
    from collections.abc import Mapping

_IMAGE = "000000000000.dkr.ecr.us-east-1.amazonaws.com/plain:1"  # no framework: an empty environment
_SERVE = (
    "def model_fn(d): return 'sun'\n"
    "def input_fn(b, c): return b\n"
    "def predict_fn(d, m): return m\n"
    "def output_fn(p, a): return p, 'text/plain'\n"
)


def _archive() -> str:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        member = tarfile.TarInfo("code/serve.py")
        member.size = len(_SERVE)
        tar.addfile(member, io.BytesIO(_SERVE.encode()))
    return base64.b64encode(buffer.getvalue()).decode()


def _pipeline(message: str) -> str:
    step = {"Name": "stop", "Type": "Fail", "Arguments": {"ErrorMessage": message}}
    return json.dumps({"Version": "2020-12-01", "Metadata": {}, "Parameters": [], "Steps": [step]})


def _container(shared: Shared, **environment: str) -> sagemaker.ModelPrimaryContainerArgs:
    return sagemaker.ModelPrimaryContainerArgs(
        image=_IMAGE,
        model_data_source=sagemaker.ModelPrimaryContainerModelDataSourceArgs(
            s3_data_sources=[
                sagemaker.ModelPrimaryContainerModelDataSourceS3DataSourceArgs(
                    s3_uri=shared.model_uri, s3_data_type="S3Object", compression_type="Gzip"
                )
            ]
        ),
        environment={"SAGEMAKER_PROGRAM": "serve.py", **environment},
    )


def _plain_container(shared: Shared, **environment: str) -> sagemaker.ModelPrimaryContainerArgs:
    return sagemaker.ModelPrimaryContainerArgs(
        image=_IMAGE,
        model_data_url=shared.model_uri,
        environment={"SAGEMAKER_PROGRAM": "serve.py", **environment},
    )


def _variant(shared: Shared, count: int = 1) -> sagemaker.EndpointConfigurationProductionVariantArgs:
    return sagemaker.EndpointConfigurationProductionVariantArgs(
        variant_name="main", model_name=shared.model_name, instance_type="ml.m5.large", initial_instance_count=count
    )


def _shadow(shared: Shared, weight: float) -> sagemaker.EndpointConfigurationShadowProductionVariantArgs:
    return sagemaker.EndpointConfigurationShadowProductionVariantArgs(
        variant_name="shadow",
        model_name=shared.model_name,
        instance_type="ml.m5.large",
        initial_instance_count=1,
        initial_variant_weight=weight,
    )


def _asynchronous(most: int) -> sagemaker.EndpointConfigurationAsyncInferenceConfigArgs:
    topic = "arn:aws:sns:us-east-1:000000000000:answers"
    output = sagemaker.EndpointConfigurationAsyncInferenceConfigOutputConfigArgs(
        s3_output_path="s3://answers/output",
        s3_failure_path="s3://answers/failures",
        kms_key_id="alias/aws/s3",
        notification_config=sagemaker.EndpointConfigurationAsyncInferenceConfigOutputConfigNotificationConfigArgs(
            success_topic=topic, error_topic=topic, include_inference_response_ins=["SUCCESS_NOTIFICATION_TOPIC"]
        ),
    )
    client = sagemaker.EndpointConfigurationAsyncInferenceConfigClientConfigArgs(
        max_concurrent_invocations_per_instance=most
    )
    return sagemaker.EndpointConfigurationAsyncInferenceConfigArgs(client_config=client, output_config=output)


def _serverless(shared: Shared, provisioned: int) -> sagemaker.EndpointConfigurationProductionVariantArgs:
    config = sagemaker.EndpointConfigurationProductionVariantServerlessConfigArgs(
        memory_size_in_mb=2048, max_concurrency=5, provisioned_concurrency=provisioned
    )
    return sagemaker.EndpointConfigurationProductionVariantArgs(
        variant_name="main", model_name=shared.model_name, serverless_config=config
    )


def _tag(aws: Any, outputs: Mapping[str, Any]) -> None:
    aws("sagemaker").add_tags(ResourceArn=outputs["arn"], Tags=[{"Key": "hand", "Value": "1"}])


def _until(aws: Any, name: str, wanted: str | None) -> None:
    client = aws("sagemaker")
    for _ in range(600):
        try:
            status = client.describe_endpoint(EndpointName=name)["EndpointStatus"]
        except client.exceptions.ClientError:
            status = None
        if status == wanted:
            return
        time.sleep(0.1)
    raise TimeoutError(f"{name} is {status}, not {wanted}")


def _update_endpoint(aws: Any, outputs: Mapping[str, Any]) -> None:
    described = aws("sagemaker").list_endpoint_configs(NameContains="config1")["EndpointConfigs"][0]
    aws("sagemaker").update_endpoint(EndpointName=outputs["name"], EndpointConfigName=described["EndpointConfigName"])
    _until(aws, outputs["name"], "InService")


def _delete_endpoint(aws: Any, outputs: Mapping[str, Any]) -> None:
    aws("sagemaker").delete_endpoint(EndpointName=outputs["name"])
    _until(aws, outputs["name"], None)


def _feature_group(shared: Shared, ttl: int) -> dict[str, Any]:
    return {
        "feature_group_name": "life",
        "record_identifier_feature_name": "city",
        "event_time_feature_name": "at",
        "feature_definitions": [
            sagemaker.FeatureGroupFeatureDefinitionArgs(feature_name=name, feature_type="String")
            for name in ("city", "at")
        ],
        "role_arn": shared.role_arn,
        "offline_store_config": sagemaker.FeatureGroupOfflineStoreConfigArgs(
            disable_glue_table_creation=True,
            s3_storage_config=sagemaker.FeatureGroupOfflineStoreConfigS3StorageConfigArgs(s3_uri=shared.features_uri),
        ),
        "online_store_config": sagemaker.FeatureGroupOnlineStoreConfigArgs(
            enable_online_store=True,
            ttl_duration=sagemaker.FeatureGroupOnlineStoreConfigTtlDurationArgs(unit="Days", value=ttl),
        ),
        "tags": {"a": "1"},
    }


def _user_settings(shared: Shared, minutes: int) -> sagemaker.DomainDefaultUserSettingsArgs:
    idle = sagemaker.DomainDefaultUserSettingsJupyterLabAppSettingsAppLifecycleManagementIdleSettingsArgs(
        lifecycle_management="ENABLED", idle_timeout_in_minutes=minutes
    )
    lifecycle = sagemaker.DomainDefaultUserSettingsJupyterLabAppSettingsAppLifecycleManagementArgs(idle_settings=idle)
    return sagemaker.DomainDefaultUserSettingsArgs(
        execution_role=shared.role_arn,
        jupyter_lab_app_settings=sagemaker.DomainDefaultUserSettingsJupyterLabAppSettingsArgs(
            app_lifecycle_management=lifecycle
        ),
    )


def _delete_feature_group(aws: Any, outputs: Mapping[str, Any]) -> None:
    client = aws("sagemaker")
    client.delete_feature_group(FeatureGroupName=outputs["id"])
    while client.list_feature_groups(NameContains=outputs["id"])["FeatureGroupSummaries"]:
        time.sleep(0.05)


def _definition(shared: Shared, kind: str = "ml.m5.large") -> dict[str, Any]:
    output = sagemaker.DataQualityJobDefinitionDataQualityJobOutputConfigMonitoringOutputsS3OutputArgs(
        s3_uri=shared.features_uri, local_path="/opt/ml/processing/output"
    )
    return {
        "data_quality_app_specification": sagemaker.DataQualityJobDefinitionDataQualityAppSpecificationArgs(
            image_uri=_IMAGE, environment={"publish_cloudwatch_metrics": "Enabled"}
        ),
        "data_quality_job_input": sagemaker.DataQualityJobDefinitionDataQualityJobInputArgs(
            endpoint_input=sagemaker.DataQualityJobDefinitionDataQualityJobInputEndpointInputArgs(
                endpoint_name="watched", local_path="/opt/ml/processing/input/endpoint"
            )
        ),
        "data_quality_job_output_config": sagemaker.DataQualityJobDefinitionDataQualityJobOutputConfigArgs(
            monitoring_outputs=sagemaker.DataQualityJobDefinitionDataQualityJobOutputConfigMonitoringOutputsArgs(
                s3_output=output
            )
        ),
        "job_resources": sagemaker.DataQualityJobDefinitionJobResourcesArgs(
            cluster_config=sagemaker.DataQualityJobDefinitionJobResourcesClusterConfigArgs(
                instance_count=1, instance_type=kind, volume_size_in_gb=20
            )
        ),
        "role_arn": shared.role_arn,
    }


def _schedule(shared: Shared, expression: str) -> dict[str, Any]:
    return {
        "monitoring_schedule_config": sagemaker.MonitoringScheduleMonitoringScheduleConfigArgs(
            monitoring_job_definition_name=shared.definition_name,
            monitoring_type="DataQuality",
            schedule_config=sagemaker.MonitoringScheduleMonitoringScheduleConfigScheduleConfigArgs(
                schedule_expression=expression
            ),
        )
    }


def _reschedule(aws: Any, outputs: Mapping[str, Any]) -> None:
    client = aws("sagemaker")
    config = client.describe_monitoring_schedule(MonitoringScheduleName=outputs["name"])["MonitoringScheduleConfig"]
    config["ScheduleConfig"] = {"ScheduleExpression": "cron(0 3 ? * * *)"}
    client.update_monitoring_schedule(MonitoringScheduleName=outputs["name"], MonitoringScheduleConfig=config)


def _training_job(shared: Shared, name: str = "life", **parameters: str) -> dict[str, Any]:
    return {
        "training_job_name": name,
        "role_arn": shared.role_arn,
        "algorithm_specification": sagemaker.TrainingJobAlgorithmSpecificationArgs(
            training_image=_IMAGE,
            training_input_mode="File",
            container_entrypoints=["/bin/sh", "-c", "echo done"],
        ),
        "hyper_parameters": {"depth": "1", **parameters},
        "output_data_config": sagemaker.TrainingJobOutputDataConfigArgs(s3_output_path=shared.features_uri),
        "resource_config": sagemaker.TrainingJobResourceConfigArgs(
            instance_type="ml.m5.large", instance_count=1, volume_size_in_gb=5
        ),
        "stopping_condition": sagemaker.TrainingJobStoppingConditionArgs(max_runtime_in_seconds=60),
        "tags": {"a": "1"},
    }


CASES = [
    *cloud_control.CASES,
    Case(
        token="aws:sagemaker/dataQualityJobDefinition:DataQualityJobDefinition",
        make=sagemaker.DataQualityJobDefinition,
        inputs=lambda shared: {**_definition(shared), "tags": {"a": "1"}},
        outputs=("arn", "name", "tagsAll"),
        change=lambda _: {"tags": {"a": "2"}},
        replace=lambda shared: _definition(shared, "ml.m5.xlarge"),
        tamper=_tag,
        remove=lambda aws, o: aws("sagemaker").delete_data_quality_job_definition(JobDefinitionName=o["name"]),
        import_inputs=lambda o: {"name": o["name"]},
    ),
    Case(
        token="aws:sagemaker/monitoringSchedule:MonitoringSchedule",
        make=sagemaker.MonitoringSchedule,
        inputs=lambda shared: {**_schedule(shared, "cron(0 * ? * * *)"), "tags": {"a": "1"}},
        outputs=("arn", "name", "tagsAll"),
        change=lambda shared: _schedule(shared, "cron(0 6 ? * * *)"),
        replace=lambda _: {"name": "other"},
        tamper=_reschedule,
        remove=lambda aws, o: aws("sagemaker").delete_monitoring_schedule(MonitoringScheduleName=o["name"]),
        import_inputs=lambda o: {"name": o["name"]},
    ),
    Case(
        token="aws:sagemaker/trainingJob:TrainingJob",
        make=sagemaker.TrainingJob,
        inputs=_training_job,
        outputs=("arn", "trainingJobName", "tagsAll"),
        change=lambda _: {"tags": {"a": "2"}},
        replace=lambda shared: {**_training_job(shared, "other", depth="2"), "tags": {"a": "2"}},
        tamper=_tag,
        remove=lambda aws, o: aws("sagemaker").delete_training_job(TrainingJobName=o["trainingJobName"]),
    ),
    Case(
        token="aws:sagemaker/featureGroup:FeatureGroup",
        make=sagemaker.FeatureGroup,
        inputs=lambda shared: _feature_group(shared, 7),
        outputs=("arn", "featureGroupName", "throughputConfig", "tagsAll"),
        change=lambda shared: {**_feature_group(shared, 8), "tags": {"a": "2"}},
        replace=lambda _: {"description": "changed"},
        tamper=lambda aws, o: aws("sagemaker").update_feature_group(
            FeatureGroupName=o["id"], OnlineStoreConfig={"TtlDuration": {"Unit": "Hours", "Value": 1}}
        ),
        remove=_delete_feature_group,
    ),
    Case(
        token="aws:sagemaker/domain:Domain",
        make=sagemaker.Domain,
        inputs=lambda shared: {
            "domain_name": "life",
            "auth_mode": "IAM",
            "app_network_access_type": "VpcOnly",
            "vpc_id": "vpc-1",
            "subnet_ids": ["subnet-1"],
            "default_user_settings": _user_settings(shared, 60),
            "tags": {"a": "1"},
        },
        outputs=("arn", "url", "homeEfsFileSystemId", "tagsAll"),
        change=lambda shared: {"default_user_settings": _user_settings(shared, 120), "tags": {"a": "2"}},
        replace=lambda _: {"vpc_id": "vpc-2"},
        tamper=lambda aws, o: aws("sagemaker").update_domain(
            DomainId=o["id"], AppNetworkAccessType="PublicInternetOnly"
        ),
        remove=lambda aws, o: aws("sagemaker").delete_domain(DomainId=o["id"]),
    ),
    Case(
        token="aws:sagemaker/userProfile:UserProfile",
        make=sagemaker.UserProfile,
        inputs=lambda shared: {
            "domain_id": shared.domain_id,
            "user_profile_name": "ada",
            "user_settings": sagemaker.UserProfileUserSettingsArgs(execution_role=shared.role_arn),
            "tags": {"a": "1"},
        },
        outputs=("arn", "homeEfsFileSystemUid", "tagsAll"),
        change=lambda shared: {
            "user_settings": sagemaker.UserProfileUserSettingsArgs(
                execution_role=shared.role_arn, studio_web_portal="DISABLED"
            ),
            "tags": {"a": "2"},
        },
        replace=lambda _: {"user_profile_name": "grace"},
        tamper=lambda aws, o: aws("sagemaker").update_user_profile(
            DomainId=o["domainId"],
            UserProfileName=o["userProfileName"],
            UserSettings={"ExecutionRole": o["userSettings"]["executionRole"], "StudioWebPortal": "ENABLED"},
        ),
        remove=lambda aws, o: aws("sagemaker").delete_user_profile(
            DomainId=o["domainId"], UserProfileName=o["userProfileName"]
        ),
    ),
    Case(
        token="aws:sagemaker/mlflowTrackingServer:MlflowTrackingServer",
        make=sagemaker.MlflowTrackingServer,
        inputs=lambda shared: {
            "tracking_server_name": "life",
            "artifact_store_uri": "s3://life/mlflow",
            "role_arn": shared.role_arn,
            "tags": {"a": "1"},
        },
        outputs=("arn", "trackingServerUrl", "mlflowVersion", "weeklyMaintenanceWindowStart", "tagsAll"),
        change=lambda _: {"tracking_server_size": "Medium", "tags": {"a": "2"}},
        replace=lambda _: {"mlflow_version": "2.16"},
        tamper=lambda aws, o: aws("sagemaker").update_mlflow_tracking_server(
            TrackingServerName=o["trackingServerName"], ArtifactStoreUri="s3://by/hand"
        ),
        remove=lambda aws, o: aws("sagemaker").delete_mlflow_tracking_server(
            TrackingServerName=o["trackingServerName"]
        ),
    ),
    Case(
        token="aws:sagemaker/modelPackageGroup:ModelPackageGroup",
        make=sagemaker.ModelPackageGroup,
        inputs=lambda _: {"model_package_group_name": "life", "tags": {"a": "1"}},
        outputs=("arn", "modelPackageGroupName", "tagsAll"),
        change=lambda _: {"tags": {"a": "2"}},
        replace=lambda _: {"model_package_group_description": "changed"},
        tamper=_tag,
        remove=lambda aws, o: aws("sagemaker").delete_model_package_group(
            ModelPackageGroupName=o["modelPackageGroupName"]
        ),
    ),
    Case(
        token="aws:sagemaker/pipeline:Pipeline",
        make=sagemaker.Pipeline,
        inputs=lambda shared: {
            "pipeline_name": "life",
            "pipeline_display_name": "life",
            "pipeline_definition": _pipeline("one"),
            "role_arn": shared.role_arn,
            "parallelism_configuration": sagemaker.PipelineParallelismConfigurationArgs(max_parallel_execution_steps=4),
            "tags": {"a": "1"},
        },
        outputs=("arn", "pipelineName", "tagsAll"),
        change=lambda _: {
            "pipeline_definition": _pipeline("two"),
            "pipeline_description": "changed",
            "tags": {"a": "2"},
        },
        replace=lambda _: {"pipeline_name": "other"},
        tamper=lambda aws, o: aws("sagemaker").update_pipeline(
            PipelineName=o["pipelineName"], PipelineDefinition=_pipeline("by hand")
        ),
        remove=lambda aws, o: aws("sagemaker").delete_pipeline(PipelineName=o["pipelineName"]),
    ),
    Case(
        token="aws:sagemaker/model:Model",
        make=sagemaker.Model,
        inputs=lambda shared: {
            "execution_role_arn": shared.role_arn,
            "primary_container": _container(shared),
            "enable_network_isolation": True,
            "tags": {"a": "1"},
        },
        outputs=("arn", "name", "tagsAll"),
        change=lambda _: {"tags": {"b": "1"}},
        replace=lambda shared: {"primary_container": _container(shared, LEVEL="2")},
        tamper=_tag,
        remove=lambda aws, o: aws("sagemaker").delete_model(ModelName=o["name"]),
        import_inputs=lambda o: {"name": o["name"]},
    ),
    Case(
        token="aws:sagemaker/endpointConfiguration:EndpointConfiguration",
        make=sagemaker.EndpointConfiguration,
        inputs=lambda shared: {
            "production_variants": [_variant(shared)],
            "tags": {"a": "1"},
        },
        outputs=("arn", "name", "tagsAll"),
        change=lambda _: {"tags": {"a": "2"}},
        replace=lambda shared: {"production_variants": [_variant(shared, count=2)]},
        tamper=_tag,
        remove=lambda aws, o: aws("sagemaker").delete_endpoint_config(EndpointConfigName=o["name"]),
        import_inputs=lambda o: {"name": o["name"]},
    ),
    Case(
        token="aws:sagemaker/endpointConfiguration:EndpointConfiguration",
        another="-asynchronous",
        make=sagemaker.EndpointConfiguration,
        inputs=lambda shared: {
            "production_variants": [_variant(shared)],
            "async_inference_config": _asynchronous(4),
            "tags": {"a": "1"},
        },
        outputs=("arn", "name", "tagsAll"),
        change=lambda _: {"tags": {"a": "2"}},
        replace=lambda _: {"async_inference_config": _asynchronous(8)},
        tamper=_tag,
        remove=lambda aws, o: aws("sagemaker").delete_endpoint_config(EndpointConfigName=o["name"]),
        import_inputs=lambda o: {"name": o["name"]},
    ),
    Case(
        token="aws:sagemaker/endpointConfiguration:EndpointConfiguration",
        another="-shadow",
        make=sagemaker.EndpointConfiguration,
        inputs=lambda shared: {
            "production_variants": [_variant(shared)],
            "shadow_production_variants": [_shadow(shared, 0.5)],
            "tags": {"a": "1"},
        },
        outputs=("arn", "name", "tagsAll"),
        change=lambda _: {"tags": {"a": "2"}},
        replace=lambda shared: {"shadow_production_variants": [_shadow(shared, 1)]},
        tamper=_tag,
        remove=lambda aws, o: aws("sagemaker").delete_endpoint_config(EndpointConfigName=o["name"]),
        import_inputs=lambda o: {"name": o["name"]},
    ),
    Case(
        token="aws:sagemaker/endpointConfiguration:EndpointConfiguration",
        another="-serverless",
        make=sagemaker.EndpointConfiguration,
        inputs=lambda shared: {"production_variants": [_serverless(shared, 1)], "tags": {"a": "1"}},
        outputs=("arn", "name", "tagsAll"),
        change=lambda _: {"tags": {"a": "2"}},
        replace=lambda shared: {"production_variants": [_serverless(shared, 2)]},
        tamper=_tag,
        remove=lambda aws, o: aws("sagemaker").delete_endpoint_config(EndpointConfigName=o["name"]),
        import_inputs=lambda o: {"name": o["name"]},
    ),
    Case(
        token="aws:sagemaker/endpoint:Endpoint",
        make=sagemaker.Endpoint,
        inputs=lambda shared: {"endpoint_config_name": shared.config1_name, "tags": {"a": "1"}},
        outputs=("arn", "name", "endpointConfigName", "tagsAll"),
        change=lambda shared: {"endpoint_config_name": shared.config2_name},
        replace=lambda _: {"name": "other"},
        tamper=_update_endpoint,
        remove=_delete_endpoint,
        import_inputs=lambda o: {"name": o["name"]},
    ),
]


def shared(resources: Shared) -> None:
    """Resources that no case touches."""
    found = resources.resources
    bucket = s3.Bucket("models", force_destroy=True)
    archive = s3.BucketObjectv2("archive", bucket=bucket.bucket, key="model.tar.gz", content_base64=_archive())
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "sagemaker.amazonaws.com"}, "Action": "sts:AssumeRole"}
        ],
    }
    role = iam.Role("role", assume_role_policy=json.dumps(trust))
    rights = {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Action": ["s3:GetObject", "s3:ListBucket", "s3:PutObject"], "Resource": "*"}
        ],
    }
    policy = iam.RolePolicy("rights", role=role.name, policy=json.dumps(rights))
    found["role_arn"] = pulumi.Output.all(role.arn, policy.id).apply(lambda known: known[0])
    found["model_uri"] = archive.arn.apply(lambda arn: arn.replace("arn:aws:s3:::", "s3://"))
    found["features_uri"] = bucket.bucket.apply(lambda name: f"s3://{name}/features")
    model = sagemaker.Model(
        "model", execution_role_arn=found["role_arn"], primary_container=_plain_container(resources)
    )
    found["model_name"] = model.name
    for name in ("config1", "config2"):
        config = sagemaker.EndpointConfiguration(name, production_variants=[_variant(resources)])
        found[f"{name}_name"] = config.name
    domain = sagemaker.Domain(
        "domain",
        domain_name="shared",
        auth_mode="IAM",
        vpc_id="vpc-1",
        subnet_ids=["subnet-1"],
        default_user_settings=_user_settings(resources, 60),
    )
    found["domain_id"] = domain.id
    _watch(resources, bucket)


def _watch(resources: Shared, bucket: s3.Bucket) -> None:
    """An endpoint that captures its calls, and what is to be done with them."""
    capture = sagemaker.EndpointConfigurationDataCaptureConfigArgs(
        enable_capture=True,
        initial_sampling_percentage=100,
        destination_s3_uri=bucket.bucket.apply(lambda name: f"s3://{name}/caught"),
        capture_options=[sagemaker.EndpointConfigurationDataCaptureConfigCaptureOptionArgs(capture_mode="Input")],
    )
    config = sagemaker.EndpointConfiguration(
        "watched", production_variants=[_variant(resources)], data_capture_config=capture
    )
    endpoint = sagemaker.Endpoint("watched-endpoint", name="watched", endpoint_config_name=config.name)
    definition = sagemaker.DataQualityJobDefinition("watching", **_definition(resources))
    resources.resources["definition_name"] = pulumi.Output.all(endpoint.name, definition.name).apply(lambda o: o[1])


def known(outputs: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The shared resources, from a stack's outputs."""
    return {
        "role_arn": outputs["role"]["arn"],
        "model_uri": outputs["archive"]["arn"].replace("arn:aws:s3:::", "s3://"),
        "features_uri": f"s3://{outputs['models']['bucket']}/features",
        "model_name": outputs["model"]["name"],
        "domain_id": outputs["domain"]["id"],
        "definition_name": outputs["watching"]["name"],
        "config1_name": outputs["config1"]["name"],
        "config2_name": outputs["config2"]["name"],
    }
