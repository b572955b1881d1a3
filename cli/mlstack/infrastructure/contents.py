"""What an environment holds that nobody can make again: objects, images, model versions, records of features, runs.

What the stack itself uploaded from the project on disk (the code bundles and the dataset) does not count: `mlstack up`
uploads it again.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mlstack_components.aws.names import INFRASTRUCTURE_PREFIX, STACK_CODE_PREFIX, STACK_DATA_PREFIX

from mlstack.cloud.errors import is_missing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from mlstack.cloud.aws import AwsSession
    from mlstack.engine.state import StateResource

BUCKET = "aws:s3/bucket:Bucket"
REPOSITORY = "aws:ecr/repository:Repository"
GROUP = "aws:sagemaker/modelPackageGroup:ModelPackageGroup"
PIPELINE = "aws:sagemaker/pipeline:Pipeline"
FEATURES = "aws:sagemaker/featureGroup:FeatureGroup"

# DeleteObjects takes 1,000 keys, BatchDeleteImage 100.
_OBJECTS_A_CALL = 1000
_IMAGES_A_CALL = 100
_SECONDS_BETWEEN_LOOKS = 0.5
_SECONDS_TO_STOP = 300
# ListRecords tells 100 identifiers a call, and a group may have millions: that many are told apart from more.
_MOST_RECORDS = 1000


@dataclass(frozen=True)
class Contents:
    """What one resource holds.

    Attributes:
        kind: What holds it, such as `bucket`.
        name: The holder's name.
        count: How many things are in it.
        things: What they are, such as `objects`.
    """

    kind: str
    name: str
    count: int
    things: str

    def __str__(self) -> str:
        things = self.things.removesuffix("s") if self.count == 1 else self.things
        return f"{self.kind} {self.name}: {self.count} {things}"


def read_contents(session: AwsSession, resources: Sequence[StateResource]) -> list[Contents]:
    """Looks into everything that can hold data.

    Args:
        session: Clients of the environment's cloud.
        resources: What the stack consists of.

    Returns:
        Those that hold something, in the order of the stack.
    """
    readers: dict[str, Callable[[AwsSession, str], Contents]] = {
        BUCKET: _bucket,
        REPOSITORY: _repository,
        GROUP: _group,
        PIPELINE: _pipeline,
        FEATURES: _feature_group,
    }
    found = []
    for resource in resources:
        if resource.type in readers and resource.id:
            contents = _unless_missing(readers[resource.type], session, resource.id)
            if contents is not None and contents.count:
                found.append(contents)
    return found


def delete_contents(session: AwsSession, resources: Sequence[StateResource], say: Callable[[str], object]) -> None:
    """Stops what runs and deletes everything that the environment holds.

    Args:
        session: Clients of the environment's cloud.
        resources: What the stack consists of.
        say: Told what is being emptied.
    """
    # Runs first, or they would write while the rest is emptied.
    emptiers: dict[str, Callable[[AwsSession, str], None]] = {
        PIPELINE: _stop_runs,
        FEATURES: _delete_feature_group,
        GROUP: _empty_group,
        REPOSITORY: _empty_repository,
        BUCKET: _empty_bucket,
    }
    for type_, empty in emptiers.items():
        for resource in resources:
            if resource.type == type_ and resource.id:
                say(f"Emptying {resource.id}")
                _unless_missing(empty, session, resource.id)


def delete_own_objects(session: AwsSession, resources: Sequence[StateResource]) -> None:
    """Deletes what the stack uploaded itself, which Pulumi retains.

    Args:
        session: Clients of the environment's cloud.
        resources: What the stack consists of.
    """
    s3 = session.client("s3")
    for resource in resources:
        if resource.type == BUCKET and resource.id:
            _unless_missing(_delete_versions, s3, resource.id, only=_is_own)


def _unless_missing(call: Callable[..., Any], *args: Any, **options: Any) -> Any:
    """Calls; None where what it is about was deleted behind Pulumi's back."""
    from botocore.exceptions import ClientError

    try:
        return call(*args, **options)
    except ClientError as error:
        if is_missing(error):
            return None
        raise


def _is_own(key: str) -> bool:
    return key.startswith((INFRASTRUCTURE_PREFIX, STACK_CODE_PREFIX, STACK_DATA_PREFIX))


def _versions(s3: Any, bucket: str) -> Iterator[dict[str, str]]:
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
        for entry in [*page.get("Versions", []), *page.get("DeleteMarkers", [])]:
            yield {"Key": entry["Key"], "VersionId": entry["VersionId"]}


def _bucket(session: AwsSession, name: str) -> Contents:
    keys = {entry["Key"] for entry in _versions(session.client("s3"), name)}
    return Contents("bucket", name, sum(not _is_own(key) for key in keys), "objects")


def _empty_bucket(session: AwsSession, name: str) -> None:
    s3 = session.client("s3")
    _delete_versions(s3, name, only=lambda key: True)  # noqa: ARG005 - every key
    for page in s3.get_paginator("list_multipart_uploads").paginate(Bucket=name):
        for upload in page.get("Uploads", []):
            s3.abort_multipart_upload(Bucket=name, Key=upload["Key"], UploadId=upload["UploadId"])


def _delete_versions(s3: Any, bucket: str, *, only: Callable[[str], bool]) -> None:
    for batch in _batches((each for each in list(_versions(s3, bucket)) if only(each["Key"])), _OBJECTS_A_CALL):
        answer = s3.delete_objects(Bucket=bucket, Delete={"Objects": batch, "Quiet": True})
        if answer.get("Errors"):
            from mlstack.cloud.errors import CloudError

            first = answer["Errors"][0]
            raise CloudError(f"s3://{bucket}/{first['Key']} could not be deleted: {first.get('Message', '')}")


def _repository(session: AwsSession, name: str) -> Contents:
    return Contents("image registry", name, len(_images(session.client("ecr"), name)), "images")


def _images(ecr: Any, name: str) -> list[dict[str, str]]:
    pages = ecr.get_paginator("list_images").paginate(repositoryName=name)
    return [image for page in pages for image in page["imageIds"]]


def _empty_repository(session: AwsSession, name: str) -> None:
    ecr = session.client("ecr")
    for batch in _batches(_images(ecr, name), _IMAGES_A_CALL):
        ecr.batch_delete_image(repositoryName=name, imageIds=batch)


def _group(session: AwsSession, name: str) -> Contents:
    return Contents("model group", name, len(_packages(session.client("sagemaker"), name)), "versions")


def _packages(sagemaker: Any, group: str) -> list[str]:
    pages = sagemaker.get_paginator("list_model_packages").paginate(ModelPackageGroupName=group)
    return [package["ModelPackageArn"] for page in pages for package in page["ModelPackageSummaryList"]]


def _empty_group(session: AwsSession, name: str) -> None:
    sagemaker = session.client("sagemaker")
    for arn in _packages(sagemaker, name):
        sagemaker.delete_model_package(ModelPackageName=arn)


def _pipeline(session: AwsSession, name: str) -> Contents:
    return Contents("pipeline", name, len(_running(session.client("sagemaker"), name)), "runs under way")


def _running(sagemaker: Any, pipeline: str) -> list[str]:
    pages = sagemaker.get_paginator("list_pipeline_executions").paginate(PipelineName=pipeline)
    return [
        run["PipelineExecutionArn"]
        for page in pages
        for run in page["PipelineExecutionSummaries"]
        if run["PipelineExecutionStatus"] in {"Executing", "Stopping"}
    ]


def _stop_runs(session: AwsSession, name: str) -> None:
    sagemaker = session.client("sagemaker")
    for arn in _running(sagemaker, name):
        sagemaker.stop_pipeline_execution(PipelineExecutionArn=arn, ClientRequestToken=_token(arn))
    deadline = time.monotonic() + _SECONDS_TO_STOP
    while _running(sagemaker, name):
        if time.monotonic() > deadline:
            from mlstack.cloud.errors import CloudError

            raise CloudError(f"A run of the pipeline {name} does not stop.", next_step="Run it again in a few minutes.")
        time.sleep(_SECONDS_BETWEEN_LOOKS)


def _feature_group(session: AwsSession, name: str) -> Contents:
    """The records of the online store; those of the offline store are objects of the data bucket."""
    group = session.client("sagemaker").describe_feature_group(FeatureGroupName=name)
    if not group.get("OnlineStoreConfig", {}).get("EnableOnlineStore"):
        return Contents("feature group", name, 0, "records")
    runtime, count = session.client("sagemaker-featurestore-runtime"), 0
    position: dict[str, str] = {}
    while count < _MOST_RECORDS:
        page = runtime.list_records(FeatureGroupName=name, **position)
        count += len(page["RecordIdentifiers"])
        if not page.get("NextToken"):
            return Contents("feature group", name, count, "records")
        position = {"NextToken": page["NextToken"]}
    return Contents("feature group", name, count, "records or more")


def _delete_feature_group(session: AwsSession, name: str) -> None:
    """Deletes the group itself: as long as it is there, it writes to the bucket that is emptied next."""
    sagemaker = session.client("sagemaker")
    sagemaker.delete_feature_group(FeatureGroupName=name)
    deadline = time.monotonic() + _SECONDS_TO_STOP
    while _unless_missing(sagemaker.describe_feature_group, FeatureGroupName=name) is not None:
        if time.monotonic() > deadline:
            from mlstack.cloud.errors import CloudError

            raise CloudError(f"The feature group {name} is not deleted.", next_step="Run it again in a few minutes.")
        time.sleep(_SECONDS_BETWEEN_LOOKS)


def _token(arn: str) -> str:
    """The same for every attempt to stop a run (ClientRequestToken: 32 to 128 characters)."""
    import hashlib

    return hashlib.sha256(arn.encode()).hexdigest()


def _batches(things: Iterable[dict[str, str]], size: int) -> Iterator[list[dict[str, str]]]:
    rest = list(things)
    for start in range(0, len(rest), size):
        yield rest[start : start + size]
