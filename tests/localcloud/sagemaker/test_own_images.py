"""Images of the project's own: what a request names is run as a process, and what only the image knows is refused."""

import json

import pytest

RUNS = 'cd /opt/ml/input/data/code && python3 -m tarfile -e sourcedir.tar.gz && exec python3 train.py "$@"'
SEEN = (
    "import json, os, pathlib, sys\n"
    "seen = {'arguments': sys.argv[1:], 'host': os.environ['SM_CURRENT_HOST']}\n"
    "try:\n    import six\n    seen['six'] = six.__name__\nexcept ImportError:\n    pass\n"
    "config = os.environ['SM_INPUT_CONFIG_DIR'] + '/hyperparameters.json'\n"
    "seen['hyperparameters'] = json.load(open(config))\n"
    "pathlib.Path(os.environ['SM_MODEL_DIR'], 'seen.json').write_text(json.dumps(seen))"
)


@pytest.fixture
def image(jobs):
    return "111111111111.dkr.ecr.us-east-1.amazonaws.com/churn@sha256:" + 64 * "0"


def test_a_named_entry_point_runs_in_the_projects_environment(sagemaker, s3, submit, jobs, image):
    submit(
        SEEN,
        files={"requirements.txt": "six>=1.15\n"},
        AlgorithmSpecification={
            "TrainingImage": image,
            "TrainingInputMode": "File",
            "ContainerEntrypoint": ["/bin/sh", "-c", RUNS, "--"],
            "ContainerArguments": ["--fast"],
        },
        HyperParameters={"max_depth": "6"},
    )
    job = jobs.trained(sagemaker)
    assert job["TrainingJobStatus"] == "Completed", job.get("FailureReason")
    seen = json.loads(jobs.artifact(s3, job["ModelArtifacts"]["S3ModelArtifacts"])["seen.json"])
    hyperparameters = {"max_depth": "6"}
    assert seen == {"arguments": ["--fast"], "host": "algo-1", "six": "six", "hyperparameters": hyperparameters}


def test_what_only_the_image_knows_is_refused_by_its_name(sagemaker, submit, jobs, image):
    submit("", AlgorithmSpecification={"TrainingImage": image, "TrainingInputMode": "File"}, HyperParameters={})
    reason = jobs.trained(sagemaker)["FailureReason"]
    assert reason.startswith("ClientError: The local cloud does not run images")
    assert image in reason
    assert "ContainerEntrypoint" in reason


def test_what_a_framework_image_brings_and_can_not_be_had_is_named(sagemaker, submit, jobs, monkeypatch):
    from mlstack_localcloud.server.sagemaker.execution import framework_images

    monkeypatch.setitem(framework_images._PACKAGES, "xgboost", ("six==0.0.0.0.1",))
    registry = "683313688378.dkr.ecr.us-east-1.amazonaws.com"
    submit(
        "",
        AlgorithmSpecification={"TrainingImage": f"{registry}/sagemaker-xgboost:3.0-5", "TrainingInputMode": "File"},
    )
    reason = jobs.trained(sagemaker)["FailureReason"]
    assert "what the image brings (six==0.0.0.0.1)" in reason
