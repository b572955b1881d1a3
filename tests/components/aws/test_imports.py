"""What a plan pays for: pure modules cost no cloud SDK, and a component no service before it is used."""

from __future__ import annotations

import json
import subprocess
import sys

PURE = [
    "bundle",
    "endpoint_metrics",
    "images",
    "instance_types",
    "job_policies",
    "monitor_events",
    "monitor_image",
    "monitor_schedule",
    "names",
    "network",
    "pipeline_args",
    "pipeline_definition",
    "placement",
    "policies",
    "tags",
]
COMPONENTS = [
    "alarms",
    "artifact_store",
    "budget",
    "dashboard",
    "encryption_key",
    "endpoint",
    "feature_store",
    "image_registry",
    "job_roles",
    "model_monitors",
    "model_registry",
    "notifications",
    "training_pipeline",
]
LOADED = """
import importlib, json, sys
for module in sys.argv[1:]:
    importlib.import_module("mlstack_components.aws." + module)
print(json.dumps(sorted(sys.modules)))
"""


def _loaded(*modules: str) -> set[str]:
    run = subprocess.run([sys.executable, "-c", LOADED, *modules], capture_output=True, text=True, check=True)
    return set(json.loads(run.stdout))


def test_pure_modules_import_no_cloud_sdk():
    assert _loaded(*PURE).isdisjoint({"pulumi", "pulumi_aws", "boto3", "botocore", "sagemaker"})


def test_components_load_no_service_before_it_is_declared():
    """pulumi_aws loads a service at first use; its resources are modules below the service's own."""
    loaded = _loaded(*COMPONENTS)
    assert "pulumi_aws" in loaded
    services = {name.split(".")[1] for name in loaded if name.startswith("pulumi_aws.") and name.count(".") > 1}
    assert services.isdisjoint({"budgets", "cloudwatch", "ecr", "iam", "kms", "s3", "sagemaker", "sns", "sqs"})
