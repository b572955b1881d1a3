"""The roles of a generated project: each statement is needed, and the whole policy is enough.

Each case takes one statement out of the policy that `mlstack_components` writes, and sees the local cloud refuse.
"""
# ruff: noqa: PLR0917 - fixtures are arguments

import json
import logging
import uuid
from datetime import UTC, datetime

import pytest
from botocore.exceptions import ClientError
from mlstack_components.aws.encryption_key import key_policy
from mlstack_components.aws.job_policies import job_policy
from mlstack_components.aws.job_policy_args import JobKind, JobPolicyArgs
from mlstack_components.aws.notifications import topic_policy
from mlstack_components.aws.placement import Placement
from mlstack_components.aws.policies import document, require_tls

PLACEMENT = Placement("000000000000", "us-east-1")
NO_IMAGE = "The local cloud pulls no image: jobs run in environments of this machine."
EITHER = "The pipeline's role or the job's must have it: test_a_volume_takes_the_jobs_role_or_the_pipelines."
NO_VOLUME = "Endpoints have no volumes here; in AWS it is asked of who creates the endpoint."
NOT_SHOWN = {
    **{(kind, sid): NO_IMAGE for kind in JobKind for sid in ("AuthenticateAtRegistries", "PullImages")},
    **{(kind, "AttachEncryptedVolumes"): EITHER for kind in JobKind},
    (JobKind.SERVING, "AttachEncryptedVolumes"): NO_VOLUME,
}
"""The statements whose absence alone the local cloud does not notice, and why."""

TRUST = document({"Effect": "Allow", "Principal": {"Service": "sagemaker.amazonaws.com"}, "Action": "sts:AssumeRole"})
GROUP = "roles"
PIPELINE = "roles"
WRITE = "echo rain > /opt/ml/processing/output/train/report.json && echo written"
REPORT = """echo '{"ok": 1}' > /opt/ml/processing/output/report/report.json"""
TOPIC = PLACEMENT.arn("sns", "roles")
SERVE = "def model_fn(d): print('loading')\ndef predict_fn(d, m): return d\n"


class Place:
    """An encrypted store, its key, and roles in it."""

    def __init__(self, gateway):
        self.iam = gateway.client("iam")
        s3, kms = gateway.client("s3"), gateway.client("kms")
        self.key = kms.create_key(Policy=key_policy(PLACEMENT))["KeyMetadata"]["Arn"]
        self.bucket = f"roles-{uuid.uuid4()}"
        s3.create_bucket(Bucket=self.bucket)
        rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": self.key}}
        s3.put_bucket_encryption(Bucket=self.bucket, ServerSideEncryptionConfiguration={"Rules": [rule]})
        arn = f"arn:aws:s3:::{self.bucket}"
        s3.put_bucket_policy(Bucket=self.bucket, Policy=document(require_tls(["s3:*"], [arn, f"{arn}/*"])))
        self.put = lambda key, body: s3.put_object(Bucket=self.bucket, Key=key, Body=body)
        self.put("data/weather.csv", b"rain\n")
        self.passable = [self.role(kind) for kind in (JobKind.PROCESSING, JobKind.TRAINING)]

    def policy(self, kind, **options):
        arn = f"arn:aws:s3:::{self.bucket}"
        args = JobPolicyArgs(
            placement=PLACEMENT,
            encryption_key_arn=self.key,
            data_bucket_arn=arn,
            artifact_bucket_arn=arn,
            image_repository_arns=(PLACEMENT.arn("ecr", "repository/weather"),),
            passable_role_arns=tuple(getattr(self, "passable", ())),
            pipeline_name=PIPELINE,
            model_package_group_name=GROUP,
            endpoint_name="roles",
            **options,
        )
        return json.loads(job_policy(kind, args))["Statement"]

    def passing(self, role):
        return {"Sid": "Pass", "Effect": "Allow", "Action": "iam:PassRole", "Resource": role}

    def role(self, kind, without=None, extra=None, **options):
        name = f"{kind}-{uuid.uuid4().hex[:8]}"
        made = self.iam.create_role(RoleName=name, AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
        statements = [statement for statement in self.policy(kind, **options) if statement["Sid"] != without]
        statements += [extra] if extra else []
        self.iam.put_role_policy(RoleName=name, PolicyName="rights", PolicyDocument=document(*statements))
        return made

    def uri(self, path):
        return f"s3://{self.bucket}/pipelines/{PIPELINE}/{path}"


@pytest.fixture(scope="module")
def place(gateway):
    return Place(gateway)


def as_role(gateway, role, service):
    return gateway._cloud.clients.client(service, "us-east-1", role)


def processed(cloud, jobs, place, role, name="job", script=WRITE):
    request = jobs.processing_request(place.bucket, role, script, name)
    request["ProcessingOutputConfig"]["KmsKeyId"] = place.key
    request["ProcessingOutputConfig"]["Outputs"][0]["S3Output"]["S3Uri"] = place.uri(name)
    request["ProcessingResources"]["ClusterConfig"]["VolumeKmsKeyId"] = place.key
    cloud.client("sagemaker").create_processing_job(**request)
    job = jobs.processed(cloud.client("sagemaker"), name)
    return job["ProcessingJobStatus"], job.get("FailureReason", "")


def trained(cloud, jobs, place, role, name="job"):
    request = jobs.training_request(place.bucket, role, name, HyperParameters={})
    request["AlgorithmSpecification"]["ContainerEntrypoint"] = ["/bin/sh", "-c", "echo written | tee ../model/m"]
    request["InputDataConfig"] = [jobs.channel("train", f"s3://{place.bucket}/data/")]
    request["OutputDataConfig"] = {"S3OutputPath": place.uri("train"), "KmsKeyId": place.key}
    request["ResourceConfig"]["VolumeKmsKeyId"] = place.key
    cloud.client("sagemaker").create_training_job(**request)
    job = jobs.trained(cloud.client("sagemaker"), name)
    return job["TrainingJobStatus"], job.get("FailureReason", "")


RUN = {JobKind.PROCESSING: (processed, "ProcessingJobs"), JobKind.TRAINING: (trained, "TrainingJobs")}


def cases(*kinds, without=()):
    class Names:
        bucket, key, passable = "b", "k", ("arn:aws:iam::000000000000:role/r",)

    for kind in kinds:
        for statement in Place.policy(Names(), kind):
            if (kind, statement["Sid"]) not in NOT_SHOWN and statement["Sid"] not in without:
                yield pytest.param(kind, statement["Sid"], id=f"{kind}-{statement['Sid']}")


DENIED = {
    "AttachEncryptedVolumes": "kms:CreateGrant",
    "HandRolesToJobs": "iam:PassRole",
    "ListBuckets": "s3:ListBucket",
    "ReadBaselinesAndCode": "s3:GetObject",
    "ReadCaptures": "s3:GetObject",
    "ReadCodeAndData": "s3:GetObject",
    "ReadModels": "s3:GetObject",
    "ReadReportsAndModels": "s3:GetObject",
    "RegisterVersions": "sagemaker:CreateModelPackage",
    "RunJobs": "sagemaker:CreateProcessingJob",
    "UseKey": "kms:Decrypt",
    "WriteLogs": "logs:CreateLogStream",
    "WriteMetrics": "cloudwatch:PutMetricData",
    "WriteReports": "s3:PutObject",
    "WriteResults": "s3:PutObject",
}


def sentence(role, sid):
    name = role.rpartition("/")[2]
    session = f"User: arn:aws:sts::000000000000:assumed-role/{name}/SageMaker"
    return f"{session} is not authorized to perform: {DENIED[sid]} on resource: "


@pytest.mark.parametrize("kind", RUN)
def test_a_jobs_policy_is_enough(cloud, jobs, place, kind):
    run, group = RUN[kind]

    assert run(cloud, jobs, place, place.role(kind)) == ("Completed", "")
    assert jobs.log_lines(cloud, f"/aws/sagemaker/{group}", "job/") == ["written"]


@pytest.mark.parametrize(
    ("kind", "sid"), cases(JobKind.PROCESSING, JobKind.TRAINING, without=("WriteLogs", "WriteMetrics"))
)
def test_a_job_fails_without(cloud, jobs, place, kind, sid):
    role = place.role(kind, sid)
    status, reason = RUN[kind][0](cloud, jobs, place, role)

    assert status == "Failed"
    assert sentence(role, sid) in reason
    assert f"because no identity-based policy allows the {DENIED[sid]} action" in reason


@pytest.mark.parametrize("kind", RUN)
def test_a_job_without_write_logs_logs_nothing(cloud, jobs, place, kind, caplog):
    run, group = RUN[kind]
    role = place.role(kind, "WriteLogs")
    with caplog.at_level(logging.WARNING):
        assert run(cloud, jobs, place, role) == ("Completed", "")

    assert jobs.log_lines(cloud, f"/aws/sagemaker/{group}", "job/") == []
    assert sentence(role, "WriteLogs") in caplog.text


@pytest.mark.parametrize("kind", [JobKind.PROCESSING, JobKind.TRAINING, JobKind.SERVING])
def test_metrics_need_write_metrics_and_sagemakers_namespace(gateway, place, kind):
    metric = {"MetricData": [{"MetricName": "accuracy", "Value": 0.9}]}
    allowed = place.role(kind)
    as_role(gateway, allowed, "cloudwatch").put_metric_data(Namespace="/aws/sagemaker/weather", **metric)
    denied = place.role(kind, "WriteMetrics")

    for role, namespace in ((allowed, "Weather"), (denied, "/aws/sagemaker/weather")):
        with pytest.raises(ClientError) as refused:
            as_role(gateway, role, "cloudwatch").put_metric_data(Namespace=namespace, **metric)
        assert sentence(role, "WriteMetrics") in str(refused.value)


def pipeline_definition(jobs, place, job_role=None):
    processing = jobs.processing_request(place.bucket, job_role or place.passable[0], REPORT)
    processing["ProcessingResources"]["ClusterConfig"]["VolumeKmsKeyId"] = place.key
    del processing["ProcessingJobName"]
    output = {"S3Uri": place.uri("report"), "LocalPath": "/opt/ml/processing/output/report", "S3UploadMode": "EndOfJob"}
    processing["ProcessingOutputConfig"] = {"Outputs": [{"OutputName": "report", "S3Output": output}]}
    file = {"PropertyFileName": "Report", "OutputName": "report", "FilePath": "report.json"}
    found = {"Std:JsonGet": {"PropertyFile": {"Get": "Steps.work.PropertyFiles.Report"}, "Path": "ok"}}
    register = {
        "ModelPackageGroupName": GROUP,
        "InferenceSpecification": {
            "Containers": [{"Image": jobs.IMAGE, "ModelDataUrl": {"Get": "Parameters.Model"}}],
            "SupportedContentTypes": ["text/csv"],
            "SupportedResponseMIMETypes": ["text/csv"],
        },
    }
    gate = {
        "Conditions": [{"Type": "Equals", "LeftValue": found, "RightValue": 1}],
        "IfSteps": [{"Name": "register", "Type": "RegisterModel", "Arguments": register}],
        "ElseSteps": [],
    }
    return {
        "Version": "2020-12-01",
        "Parameters": [{"Name": "Model", "Type": "String", "DefaultValue": place.uri("model.tar.gz")}],
        "Steps": [
            {"Name": "work", "Type": "Processing", "Arguments": processing, "PropertyFiles": [file]},
            {"Name": "gate", "Type": "Condition", "Arguments": gate},
        ],
    }


def execution(cloud, jobs, place, role, job_role=None, **parameters):
    """Run a pipeline; return how it ended, and by step why it failed."""
    sagemaker = cloud.client("sagemaker")
    place.put(f"pipelines/{PIPELINE}/model.tar.gz", b"a model")
    sagemaker.create_model_package_group(ModelPackageGroupName=GROUP)
    text = json.dumps(pipeline_definition(jobs, place, job_role))
    sagemaker.create_pipeline(PipelineName=PIPELINE, PipelineDefinition=text, RoleArn=role)
    given = [{"Name": name, "Value": value} for name, value in parameters.items()]
    arn = sagemaker.start_pipeline_execution(PipelineName=PIPELINE, PipelineParameters=given)["PipelineExecutionArn"]
    ended = jobs.until(
        lambda: sagemaker.describe_pipeline_execution(PipelineExecutionArn=arn),
        "PipelineExecutionStatus",
        {"Succeeded", "Failed"},
    )
    steps = sagemaker.list_pipeline_execution_steps(PipelineExecutionArn=arn)["PipelineExecutionSteps"]
    reasons = {step["StepName"]: step["FailureReason"] for step in steps if "FailureReason" in step}
    return ended["PipelineExecutionStatus"], reasons


def test_a_pipelines_policy_is_enough(cloud, jobs, place):
    assert execution(cloud, jobs, place, place.role(JobKind.PIPELINE)) == ("Succeeded", {})


FAILS_AT = {
    "RunJobs": "work",
    "HandRolesToJobs": "work",
    "ReadReportsAndModels": "gate",
    "UseKey": "gate",
    "RegisterVersions": "register",
    "ListBuckets": "register",
}


@pytest.mark.parametrize(("kind", "sid"), cases(JobKind.PIPELINE))
def test_a_pipeline_fails_without(cloud, jobs, place, kind, sid):
    role = place.role(kind, sid)
    # Only who may list a bucket is told that an object is not there.
    missing = {"Model": place.uri("missing.tar.gz")} if sid == "ListBuckets" else {}
    status, reasons = execution(cloud, jobs, place, role, **missing)

    assert (status, list(reasons)) == ("Failed", [FAILS_AT[sid]])
    assert sentence(role, sid) in reasons[FAILS_AT[sid]]


@pytest.mark.parametrize("without", [(), ("job",), ("pipeline",), ("job", "pipeline")], ids=str)
def test_a_volume_takes_the_jobs_role_or_the_pipelines(cloud, jobs, place, without):
    sid = "AttachEncryptedVolumes"
    job = place.role(JobKind.PROCESSING, sid if "job" in without else None)
    role = place.role(JobKind.PIPELINE, sid if "pipeline" in without else None, extra=place.passing(job))
    status, reasons = execution(cloud, jobs, place, role, job)

    assert status == ("Failed" if len(without) == 2 else "Succeeded")
    if len(without) == 2:
        assert sentence(job, sid) in reasons["work"]


def endpoint(cloud, jobs, place, role, **config):
    """Serve a model; return the endpoint when it is there or has failed."""
    sagemaker = cloud.client("sagemaker")
    uri = place.uri("serving/model.tar.gz")
    place.put(uri.split("/", 3)[3], jobs.archive({"code/serve.py": SERVE}))
    container = {"Image": jobs.IMAGE, "ModelDataUrl": uri, "Environment": {"SAGEMAKER_PROGRAM": "serve.py"}}
    sagemaker.create_model(ModelName="roles", ExecutionRoleArn=role, PrimaryContainer=container)
    variant = {"VariantName": "main", "ModelName": "roles", "InstanceType": "ml.m5.large", "InitialInstanceCount": 1}
    sagemaker.create_endpoint_config(EndpointConfigName="roles", ProductionVariants=[variant], **config)
    sagemaker.create_endpoint(EndpointName="roles", EndpointConfigName="roles")
    return jobs.until(
        lambda: sagemaker.describe_endpoint(EndpointName="roles"), "EndpointStatus", {"InService", "Failed"}
    )


@pytest.mark.parametrize("without", [None, "WriteLogs"])
def test_a_serving_policy_is_enough(cloud, jobs, place, without):
    assert endpoint(cloud, jobs, place, place.role(JobKind.SERVING, without))["EndpointStatus"] == "InService"
    if without is None:
        jobs.until(
            lambda: {"found": bool(jobs.log_lines(cloud, "/aws/sagemaker/Endpoints/roles", "main/"))}, "found", {True}
        )
    else:
        cloud.client("sagemaker").delete_endpoint(EndpointName="roles")
        assert jobs.log_lines(cloud, "/aws/sagemaker/Endpoints/roles", "main/") == []


def test_a_model_that_cannot_be_decrypted_is_not_served(cloud, jobs, place):
    role = place.role(JobKind.SERVING, "UseKey")
    failed = endpoint(cloud, jobs, place, role)

    assert failed["EndpointStatus"] == "Failed"
    assert sentence(role, "UseKey") in failed["FailureReason"]


@pytest.mark.parametrize(("sid", "file"), [("ReadModels", "there"), ("ListBuckets", "missing")])
def test_a_model_needs_a_role_that_reads_its_data(cloud, jobs, place, sid, file):
    place.put(f"pipelines/{PIPELINE}/there", b"a model")
    role = place.role(JobKind.SERVING, sid)
    container = {"Image": jobs.IMAGE, "ModelDataUrl": place.uri(file)}
    with pytest.raises(ClientError) as refused:
        cloud.client("sagemaker").create_model(ModelName="m", ExecutionRoleArn=role, PrimaryContainer=container)

    assert "Could not access model data" in str(refused.value)
    assert sentence(role, sid) in str(refused.value)


@pytest.mark.parametrize("trusted", ["ec2.amazonaws.com", None])
def test_a_role_that_sagemaker_may_not_assume_is_refused_at_once(cloud, jobs, place, trusted):
    role = f"arn:aws:iam::000000000000:role/{uuid.uuid4()}"
    if trusted is not None:
        trust = json.loads(TRUST)
        trust["Statement"][0]["Principal"] = {"Service": trusted}
        name = role.rpartition("/")[2]
        place.iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))
    with pytest.raises(ClientError, match=f"ValidationException.*Could not assume role {role}"):
        cloud.client("sagemaker").create_training_job(**jobs.training_request(place.bucket, role))


ANALYZER = "156813124566.dkr.ecr.us-east-1.amazonaws.com/sagemaker-model-monitor-analyzer"


def definition(place, role):
    """A data quality job definition that is all in the place."""
    cluster = {"InstanceType": "ml.m5.xlarge", "InstanceCount": 1, "VolumeSizeInGB": 20, "VolumeKmsKeyId": place.key}
    uri = f"s3://{place.bucket}/monitoring/reports/data-quality"
    output = {"S3Uri": uri, "LocalPath": "/opt/ml/processing/output"}
    return {
        "JobDefinitionName": "roles",
        "DataQualityAppSpecification": {
            "ImageUri": ANALYZER,
            "RecordPreprocessorSourceUri": f"s3://{place.bucket}/monitoring/code/1/preprocessor.py",
        },
        "DataQualityBaselineConfig": {"ConstraintsResource": {"S3Uri": place.uri("baseline/constraints.json")}},
        "DataQualityJobInput": {
            "EndpointInput": {"EndpointName": "roles", "LocalPath": "/opt/ml/processing/input/endpoint"}
        },
        "DataQualityJobOutputConfig": {"MonitoringOutputs": [{"S3Output": output}], "KmsKeyId": place.key},
        "JobResources": {"ClusterConfig": cluster},
        "RoleArn": role,
    }


def monitored(cloud, jobs, place, role):
    """Run a monitor over one captured call; return how it ended and why."""
    capture = {
        "EnableCapture": True,
        "InitialSamplingPercentage": 100,
        "DestinationS3Uri": f"s3://{place.bucket}/capture",
        "CaptureOptions": [{"CaptureMode": "Input"}],
    }
    assert endpoint(cloud, jobs, place, place.role(JobKind.SERVING), DataCaptureConfig=capture)["EndpointArn"]
    now = datetime.now(UTC)
    call = {
        "captureData": {},
        "eventMetadata": {"eventId": "1", "inferenceTime": f"{now:%Y-%m-%dT%H:%M:%SZ}"},
        "eventVersion": "0",
    }
    place.put(f"capture/roles/main/{now:%Y/%m/%d/%H}/1.jsonl", json.dumps(call).encode())
    place.put("monitoring/code/1/preprocessor.py", b"def preprocess_handler(record):\n    return {'rain': 1}\n")
    constraints = {"features": [{"name": "rain", "inferred_type": "Integral", "completeness": 1.0}]}
    place.put(f"pipelines/{PIPELINE}/baseline/constraints.json", json.dumps(constraints).encode())
    sagemaker = cloud.client("sagemaker")
    sagemaker.create_data_quality_job_definition(**definition(place, role))
    window = {"DataAnalysisStartTime": "-PT1H", "DataAnalysisEndTime": "-PT0H"}
    config = {"MonitoringJobDefinitionName": "roles", "MonitoringType": "DataQuality"}
    config["ScheduleConfig"] = {"ScheduleExpression": "NOW", **window}
    sagemaker.create_monitoring_schedule(MonitoringScheduleName="roles", MonitoringScheduleConfig=config)
    ended = jobs.until(
        lambda: sagemaker.list_monitoring_executions()["MonitoringExecutionSummaries"][0],
        "MonitoringExecutionStatus",
        {"Completed", "Failed"},
        60,
    )
    return ended["MonitoringExecutionStatus"], ended.get("FailureReason", "")


def test_a_monitors_policy_is_enough(cloud, jobs, place):
    assert monitored(cloud, jobs, place, place.role(JobKind.MONITORING)) == ("Completed", "")
    assert jobs.log_lines(cloud, "/aws/sagemaker/ProcessingJobs", "model-monitoring-")


@pytest.mark.parametrize(("kind", "sid"), cases(JobKind.MONITORING, without=("WriteLogs",)))
def test_a_monitor_fails_without(cloud, jobs, place, kind, sid):
    role = place.role(kind, sid)
    status, reason = monitored(cloud, jobs, place, role)

    assert status == "Failed"
    assert sentence(role, sid) in reason


def test_a_monitor_without_write_logs_logs_nothing(cloud, jobs, place):
    assert monitored(cloud, jobs, place, place.role(JobKind.MONITORING, "WriteLogs")) == ("Completed", "")
    assert jobs.log_lines(cloud, "/aws/sagemaker/ProcessingJobs", "model-monitoring-") == []


def make_topic(cloud, place):
    """The topic, as notifications make it: by default any role of the account could publish."""
    policy = topic_policy(TOPIC, receives_events=False)
    cloud.client("sns").create_topic(Name="roles", Attributes={"KmsMasterKeyId": place.key, "Policy": policy})


OPTIONS = {
    "WriteCaptures": (JobKind.SERVING, {"capture": True}, "s3:PutObject"),
    "EncryptCaptures": (JobKind.SERVING, {"capture": True}, "kms:GenerateDataKey"),
    "ReadAsyncInputs": (JobKind.SERVING, {"asynchronous": True}, "s3:GetObject"),
    "WriteAsyncAnswers": (JobKind.SERVING, {"asynchronous": True}, "s3:PutObject"),
    "EncryptAsyncAnswers": (JobKind.SERVING, {"asynchronous": True}, "kms:GenerateDataKey"),
    "TellOfAsyncAnswers": (JobKind.SERVING, {"asynchronous": True, "told_topic_arn": TOPIC}, "sns:Publish"),
    "ReadSecrets": (JobKind.TRAINING, {"secrets": ("roles/api",)}, "secretsmanager:GetSecretValue"),
    "TuneHyperparameters": (JobKind.PIPELINE, {"tuning": True}, "sagemaker:CreateHyperParameterTuningJob"),
}
"""The statements that parts add which a project may have: the kind of role, what adds it, and what is denied."""


def tuning_request(jobs, place):
    training = jobs.training_request(place.bucket, place.passable[1], HyperParameters={})
    definition = {name: value for name, value in training.items() if name not in {"TrainingJobName", "HyperParameters"}}
    definition["AlgorithmSpecification"]["MetricDefinitions"] = [{"Name": "f1", "Regex": "f1=(.*)"}]
    config = {
        "Strategy": "Random",
        "HyperParameterTuningJobObjective": {"Type": "Maximize", "MetricName": "f1"},
        "ResourceLimits": {"MaxNumberOfTrainingJobs": 1, "MaxParallelTrainingJobs": 1},
        "ParameterRanges": {"IntegerParameterRanges": [{"Name": "depth", "MinValue": "1", "MaxValue": "9"}]},
    }
    name = f"x-tune-{uuid.uuid4().hex[:8]}"
    return {
        "HyperParameterTuningJobName": name,
        "HyperParameterTuningJobConfig": config,
        "TrainingJobDefinition": definition,
    }


@pytest.mark.parametrize("sid", OPTIONS)
def test_a_part_that_may_be_there_needs_its_statement(cloud, gateway, jobs, place, sid):
    kind, options, action = OPTIONS[sid]
    secrets = gateway.client("secretsmanager")
    if sid == "ReadSecrets" and not secrets.list_secrets()["SecretList"]:
        secrets.create_secret(Name="roles/api", SecretString="s")

    def use(role):
        if sid == "ReadSecrets":
            as_role(gateway, role, "secretsmanager").get_secret_value(SecretId="roles/api")
        elif sid == "TuneHyperparameters":
            as_role(gateway, role, "sagemaker").create_hyper_parameter_tuning_job(**tuning_request(jobs, place))
        elif sid == "ReadAsyncInputs":
            as_role(gateway, role, "s3").get_object(Bucket=place.bucket, Key="async/roles/input/1.csv")
        elif sid == "TellOfAsyncAnswers":
            as_role(gateway, role, "sns").publish(TopicArn=TOPIC, Message="{}")
        else:
            key = "capture/roles/main/1.jsonl" if "Captures" in sid else "async/roles/output/1.out"
            as_role(gateway, role, "s3").put_object(Bucket=place.bucket, Key=key, Body=b"{}")

    place.put("async/roles/input/1.csv", b"1")
    make_topic(gateway, place)
    use(place.role(kind, **options))
    with pytest.raises(ClientError, match=f"is not authorized to perform: {action} on resource: "):
        use(place.role(kind, sid, **options))


def test_every_statement_has_a_case():
    shown = {case.id for case in cases(*JobKind)}
    serving = {f"serving-{sid}" for sid in ("ListBuckets", "ReadModels", "UseKey", "WriteLogs", "WriteMetrics")}

    kinds = (JobKind.PROCESSING, JobKind.TRAINING, JobKind.PIPELINE, JobKind.MONITORING)
    assert shown == {case.id for case in cases(*kinds)} | serving


SLICES = {
    None: ("output", None),
    "ReadAsyncInputs": ("failures", "s3:GetObject"),
    "WriteAsyncAnswers": (None, "s3:PutObject"),
    "EncryptAsyncAnswers": (None, "kms:GenerateDataKey"),
    "TellOfAsyncAnswers": ("output", "sns:Publish"),
}
"""Where an asynchronous call ends without a statement, and the action that log or failure say is denied."""


@pytest.mark.parametrize("without", SLICES, ids=str)
def test_an_asynchronous_call_is_worked_off_under_the_role(cloud, jobs, place, kinds, without, caplog):
    where, action = SLICES[without]
    sns, sqs = cloud.client("sns"), cloud.client("sqs")
    make_topic(cloud, place)
    kinds.bucket = place.bucket
    role = place.role(JobKind.SERVING, without, asynchronous=True, told_topic_arn=TOPIC)
    queue = f"roles-{uuid.uuid4().hex[:8]}"
    url = sqs.create_queue(QueueName=queue)["QueueUrl"]
    sns.subscribe(TopicArn=TOPIC, Protocol="sqs", Endpoint=PLACEMENT.arn("sqs", queue))
    archive = jobs.archive({"answer.txt": "sun", "code/serve.py": SERVE})
    place.put(f"pipelines/{PIPELINE}/model.tar.gz", archive)
    container = {"Image": jobs.IMAGE, "ModelDataUrl": place.uri("model.tar.gz")}
    container["Environment"] = {"SAGEMAKER_PROGRAM": "serve.py"}
    kinds.sagemaker.create_model(ModelName="roles", ExecutionRoleArn=role, PrimaryContainer=container)
    paths = {f"S3{kind}Path": f"s3://{place.bucket}/async/roles/{folder}" for kind, folder in PATHS.items()}
    output = {**paths, "KmsKeyId": place.key, "NotificationConfig": {"SuccessTopic": TOPIC, "ErrorTopic": TOPIC}}
    capacity = {"InstanceType": "ml.m5.large", "InitialInstanceCount": 1}
    kinds.endpoint(kinds.config("roles", capacity, AsyncInferenceConfig={"OutputConfig": output}))
    place.put("async/roles/input/1.csv", b"1")
    with caplog.at_level(logging.WARNING):
        answer = kinds.runtime.invoke_endpoint_async(
            EndpointName="weather", InputLocation=f"s3://{place.bucket}/async/roles/input/1.csv", ContentType="text/csv"
        )
        store = cloud.sagemaker._store
        jobs.until(lambda: {"left": len(store.everywhere("async-inference"))}, "left", {0}, 20)

    places = {"output": answer["OutputLocation"], "failures": answer["FailureLocation"]}
    found = {folder: kinds.object(location) for folder, location in places.items()}
    assert [folder for folder, each in found.items() if each is not None] == ([] if where is None else [where])
    told = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=1).get("Messages", [])
    # The topic is encrypted with the same key.
    assert bool(told) is (without not in {"TellOfAsyncAnswers", "EncryptAsyncAnswers"})
    said = caplog.text + "".join(str(each["Body"].read()) for each in found.values() if each is not None)
    assert action is None or f"is not authorized to perform: {action} on resource: " in said


PATHS = {"Output": "output", "Failure": "failures"}


def kept(cloud, jobs, place, role, name):
    request = jobs.training_request(place.bucket, role, name, HyperParameters={})
    script = "ls ../checkpoints; rm -f ../checkpoints/old; echo 2 > ../checkpoints/new"
    request["AlgorithmSpecification"]["ContainerEntrypoint"] = ["/bin/sh", "-c", script]
    request["InputDataConfig"] = [jobs.channel("train", f"s3://{place.bucket}/data/")]
    request["OutputDataConfig"] = {"S3OutputPath": place.uri("train"), "KmsKeyId": place.key}
    folder = f"checkpoints/{PIPELINE}/{name}"
    place.put(f"{folder}/old", b"1")
    request |= {
        "EnableManagedSpotTraining": True,
        "StoppingCondition": {"MaxRuntimeInSeconds": 60, "MaxWaitTimeInSeconds": 60},
        "CheckpointConfig": {"S3Uri": f"s3://{place.bucket}/{folder}"},
    }
    cloud.client("sagemaker").create_training_job(**request)
    job = jobs.trained(cloud.client("sagemaker"), name)
    found = cloud.client("s3").list_objects_v2(Bucket=place.bucket, Prefix=folder)["Contents"]
    return job.get("FailureReason", ""), [each["Key"].rpartition("/")[2] for each in found]


def test_checkpoints_take_a_statement_of_their_own(cloud, jobs, place):
    role = place.role(JobKind.TRAINING, checkpoints=True)
    assert kept(cloud, jobs, place, role, "with") == ("", ["new"])
    # The data bucket, which a job reads whole, is the same one here.
    reason, found = kept(cloud, jobs, place, place.role(JobKind.TRAINING), "without")
    assert "s3:PutObject" in reason
    assert found == ["old"]
