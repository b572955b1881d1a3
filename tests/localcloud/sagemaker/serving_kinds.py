"""Endpoints of other kinds than real-time ones, for tests: one model, and what it takes to serve it."""

import json
import uuid

SERVE = """
import json, os, time
def model_fn(model_dir):
    return open(os.path.join(model_dir, "answer.txt")).read()
def input_fn(body, content_type):
    if content_type not in ("application/json", "text/csv"):
        raise ValueError("cannot read " + content_type)
    return body
def predict_fn(data, model):
    if "crash" in data:
        os._exit(3)
    if "slow" in data:
        time.sleep(1.5)
    return {"model": model, "data": data, "pid": os.getpid()}
def output_fn(prediction, accept):
    return json.dumps(prediction), "application/json"
"""


class Kinds:
    """Makes models, endpoint configurations and endpoints of one name."""

    def __init__(self, cloud, bucket, role, jobs):
        self.sagemaker, self.s3 = cloud.client("sagemaker"), cloud.client("s3")
        self.runtime = cloud.client("sagemaker-runtime")
        self.bucket, self.role, self.jobs = bucket, role, jobs

    def model(self, name, answer="sun", script=SERVE, **more):
        key = f"{name}/model.tar.gz"
        archive = self.jobs.archive({"answer.txt": answer, "code/serve.py": script})
        self.s3.put_object(Bucket=self.bucket, Key=key, Body=archive)
        variables = {"SAGEMAKER_PROGRAM": "serve.py", "SAGEMAKER_SUBMIT_DIRECTORY": "/opt/ml/model/code"}
        container = {"Image": self.jobs.IMAGE, "ModelDataUrl": f"s3://{self.bucket}/{key}", "Environment": variables}
        more.setdefault("ExecutionRoleArn", self.role)
        self.sagemaker.create_model(ModelName=name, PrimaryContainer=container, **more)
        return name

    def variant(self, name, **capacity):
        return {"VariantName": "main", "ModelName": name, **capacity}

    def config(self, name, capacity, **more):
        self.sagemaker.create_endpoint_config(
            EndpointConfigName=name, ProductionVariants=[self.variant(name, **capacity)], **more
        )
        return name

    def serverless(self, name, answer="sun", **config):
        given = {"MemorySizeInMB": 2048, "MaxConcurrency": 2, **config}
        return self.config(self.model(name, answer), {"ServerlessConfig": given})

    def asynchronous(self, name, answer="sun", role=None, client=None, **output):
        self.model(name, answer, **({} if role is None else {"ExecutionRoleArn": role}))
        config = {
            "OutputConfig": {
                "S3OutputPath": f"s3://{self.bucket}/async/weather/output",
                "S3FailurePath": f"s3://{self.bucket}/async/weather/failures",
                **output,
            },
            **({} if client is None else {"ClientConfig": client}),
        }
        capacity = {"InstanceType": "ml.m5.large", "InitialInstanceCount": 1}
        return self.config(name, capacity, AsyncInferenceConfig=config)

    def endpoint(self, config, *wanted):
        self.sagemaker.create_endpoint(EndpointName="weather", EndpointConfigName=config)
        return self.status(*(wanted or ("InService", "Failed")))

    def status(self, *wanted):
        return self.jobs.until(
            lambda: self.sagemaker.describe_endpoint(EndpointName="weather"), "EndpointStatus", set(wanted), 30
        )

    def call(self, body="[1]"):
        answer = self.runtime.invoke_endpoint(EndpointName="weather", Body=body, ContentType="application/json")
        return json.loads(answer["Body"].read())

    def submit(self, body="[1]", **more):
        """Call asynchronously, the input in S3."""
        key = f"async/weather/input/{uuid.uuid4()}/rows.json"
        self.s3.put_object(Bucket=self.bucket, Key=key, Body=body)
        given = {"ContentType": "application/json", **more}
        where = f"s3://{self.bucket}/{key}"
        return self.runtime.invoke_endpoint_async(EndpointName="weather", InputLocation=where, **given)

    def object(self, location):
        """The object at an address, or None."""
        bucket, _, key = location.removeprefix("s3://").partition("/")
        try:
            return self.s3.get_object(Bucket=bucket, Key=key)
        except self.s3.exceptions.NoSuchKey:
            return None

    def read(self, location, seconds=20):
        """The text of an object, as soon as it is there."""
        found = self.jobs.until(lambda: {"there": self.object(location) is not None}, "there", {True}, seconds)
        return self.object(location)["Body"].read().decode() if found["there"] else None
