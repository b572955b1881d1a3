"""What tests of endpoints share: a model, its configurations and the endpoint that serves them."""

import json
import threading
from contextlib import contextmanager

SERVE = """
import json, os
def model_fn(model_dir):
    return open(os.path.join(model_dir, "answer.txt")).read()
def input_fn(body, content_type):
    if content_type == "image/png":
        raise ValueError("cannot read " + content_type)
    return body
def predict_fn(data, model):
    if model == "broken":
        raise ValueError(model)
    return model
def output_fn(prediction, accept):
    return json.dumps(prediction), "application/json"
"""


class Weather:
    """The endpoint `weather` and its configurations."""

    name = "weather"

    def __init__(self, cloud, bucket, role, jobs):
        self.cloud, self.bucket, self._role, self._jobs = cloud, bucket, role, jobs
        self.sagemaker, self.runtime = cloud.client("sagemaker"), cloud.client("sagemaker-runtime")

    def configure(self, name, answer="sun", instances=1, instance_type="ml.m5.large", **more):
        """Make a model and a configuration of one name; return the name."""
        archive = self._jobs.archive({"answer.txt": answer, "code/serve.py": SERVE})
        self.cloud.client("s3").put_object(Bucket=self.bucket, Key=f"{name}/model.tar.gz", Body=archive)
        container = {
            "Image": self._jobs.IMAGE,
            "ModelDataUrl": f"s3://{self.bucket}/{name}/model.tar.gz",
            "Environment": {"SAGEMAKER_PROGRAM": "serve.py", "SAGEMAKER_SUBMIT_DIRECTORY": "/opt/ml/model/code"},
        }
        self.sagemaker.create_model(ModelName=name, ExecutionRoleArn=self._role, PrimaryContainer=container)
        variant = {"VariantName": "main", "ModelName": name, "InstanceType": instance_type}
        self.sagemaker.create_endpoint_config(
            EndpointConfigName=name, ProductionVariants=[{**variant, "InitialInstanceCount": instances}], **more
        )
        return name

    def create(self, config):
        self.sagemaker.create_endpoint(EndpointName=self.name, EndpointConfigName=config)
        return self.status("InService")

    def update(self, config, deployment=None, **more):
        if deployment is not None:
            more["DeploymentConfig"] = deployment
        self.sagemaker.update_endpoint(EndpointName=self.name, EndpointConfigName=config, **more)

    def describe(self):
        return self.sagemaker.describe_endpoint(EndpointName=self.name)

    def status(self, *wanted, seconds=30):
        return self._jobs.until(self.describe, "EndpointStatus", set(wanted), seconds)

    def ask(self, body=b"[1]", content_type="application/json", **more):
        answer = self.runtime.invoke_endpoint(EndpointName=self.name, Body=body, ContentType=content_type, **more)
        return json.loads(answer["Body"].read())

    @contextmanager
    def load(self, clients=4):
        """Calls from several clients meanwhile; yields the answers so far, and none may fail."""
        answers, failures, done = [], [], threading.Event()

        def call():
            while not done.is_set():
                try:
                    answers.append(self.ask())
                except Exception as error:
                    failures.append(error)

        threads = [threading.Thread(target=call) for _ in range(clients)]
        for thread in threads:
            thread.start()
        try:
            yield answers
        finally:
            done.set()
            for thread in threads:
                thread.join()
        assert failures == []
