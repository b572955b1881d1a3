"""Where a project's data, code and results lie: three buckets, and the two objects that every run starts from."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pulumi
import pulumi_aws as aws

from mlstack_components.aws.bundle import bundle, file_digest
from mlstack_components.aws.names import (
    CODE_ARCHIVE,
    INFRASTRUCTURE_PREFIX,
    LOG_PREFIX_ARTIFACTS,
    LOG_PREFIX_DATA,
    MODEL_KEYS,
    REPORT_KEYS,
    s3_uri,
    stack_code_key,
    stack_data_key,
)
from mlstack_components.aws.secure_bucket import SecureBucket, SecureBucketArgs, secure_bucket

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mlstack_components.aws.bucket_replicas import BucketReplicas
    from mlstack_components.aws.placement import Placement

NONCURRENT_DAYS = 90
ACCESS_LOG_DAYS = 365


@dataclass(frozen=True, kw_only=True)
class ArtifactStoreArgs:
    """What an artifact store is made from."""

    placement: Placement
    """The account and region."""
    encryption_key_arn: pulumi.Input[str]
    """The key of all objects but access logs."""
    code_directory: Path | None = None
    """The directory of the ML code, such as `src/`; None where the stack brings no code."""
    data_file: Path | None = None
    """The dataset; None where the stack brings no data."""
    data_files: Mapping[str, Path] = field(default_factory=dict)
    """Further datasets, by a name of each."""
    noncurrent_days: int = NONCURRENT_DAYS
    """For how many days a replaced or deleted version of an object is kept."""
    archive_after_days: int | None = None
    """After how many days objects move to a cheaper storage class that answers at once; None for never."""
    replica_region: str | None = None
    """The region where data and artifacts are copied to, another one of the same partition; None for no copies."""
    permissions_boundary_arn: pulumi.Input[str] | None = None
    """The organisation's boundary on the role that copies; None where it has none."""
    access_log_days: int = ACCESS_LOG_DAYS
    """For how many days access logs are kept."""
    model_reader_accounts: Sequence[str] = ()
    """Other accounts that may read the model archives of the versions."""
    reports_readable: bool = False
    """Whether they may read the reports and baselines of the versions as well."""
    infrastructure_writers: Sequence[str] = ()
    """Who alone may write below `infrastructure/` of the artifact bucket, by ARN; empty where nothing lies there."""
    tags: dict[str, str] = field(default_factory=dict)
    """The tags of buckets and objects."""
    release_tags: dict[str, str] = field(default_factory=dict)
    """Further tags of the code bundle, such as the commit that it was made from."""


class ArtifactStore(pulumi.ComponentResource):
    """The data, artifact and log buckets, the code bundle and the dataset.

    Code bundle and dataset are named by their contents and stay when a newer one takes their place: model versions
    refer to what they were trained with.
    """

    data_bucket: pulumi.Output[str]
    """The name of the bucket of the data."""
    data_bucket_arn: pulumi.Output[str]
    """Its ARN."""
    artifact_bucket: pulumi.Output[str]
    """The name of the bucket of code, models and reports."""
    artifact_bucket_arn: pulumi.Output[str]
    """Its ARN."""
    log_bucket: pulumi.Output[str]
    """The name of the bucket of the other buckets' access logs."""
    code_uri: pulumi.Output[str | None]
    """The S3 URI of the code bundle, a `sourcedir.tar.gz`; None without code."""
    data_uri: pulumi.Output[str | None]
    """The S3 URI of the dataset; None without data."""
    data_uris: dict[str, pulumi.Output[str | None]]
    """The S3 URIs of the further datasets, by name."""
    logs: SecureBucket
    """The bucket of the access logs, and its settings."""
    data: SecureBucket
    """The bucket of the data, and its settings."""
    artifacts: SecureBucket
    """The bucket of code, models and reports, and its settings."""
    objects: list[aws.s3.BucketObjectv2]
    """The code bundle and the dataset, as far as there are any."""

    def __init__(self, name: str, args: ArtifactStoreArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("mlstack:aws:ArtifactStore", name, {}, opts)
        self.objects = []
        self.logs = logs = self._log_bucket(f"{name}-logs", args)
        self.data = data = self._bucket(f"{name}-data", args, logs, LOG_PREFIX_DATA)
        self.artifacts = artifacts = self._bucket(
            f"{name}-artifacts",
            args,
            logs,
            LOG_PREFIX_ARTIFACTS,
            reader_accounts=args.model_reader_accounts,
            writers={INFRASTRUCTURE_PREFIX: args.infrastructure_writers} if args.infrastructure_writers else {},
        )
        self.data_bucket = data.name
        self.data_bucket_arn = data.bucket.arn
        self.artifact_bucket = artifacts.name
        self.artifact_bucket_arn = artifacts.bucket.arn
        self.log_bucket = logs.name
        self._replicas = self._replicate(name, args, data, artifacts)
        self.code_uri = self._upload_code(f"{name}-code", args, artifacts)
        self.data_uri = self._upload_data(f"{name}-dataset", args, data, args.data_file)
        self.data_uris = self._upload_datasets(f"{name}-dataset", args, data)
        self.register_outputs(
            {
                "data_bucket": self.data_bucket,
                "data_bucket_arn": self.data_bucket_arn,
                "artifact_bucket": self.artifact_bucket,
                "artifact_bucket_arn": self.artifact_bucket_arn,
                "log_bucket": self.log_bucket,
                "code_uri": self.code_uri,
                "data_uri": self.data_uri,
            }
        )

    @property
    def replicas(self) -> BucketReplicas | None:
        """The copies of data and artifacts in another region; None without `replica_region`."""
        return self._replicas

    def _log_bucket(self, name: str, args: ArtifactStoreArgs) -> SecureBucket:
        return secure_bucket(
            name,
            SecureBucketArgs(
                placement=args.placement,
                # S3 delivers access logs only to buckets without a KMS key, and logging the log bucket would never end:
                # https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html
                encryption_key_arn=None,
                log_bucket=None,
                noncurrent_days=args.noncurrent_days,
                expiration_days=args.access_log_days,
                receives_access_logs=True,
                tags=args.tags,
            ),
            self,
        )

    def _bucket(
        self,
        name: str,
        args: ArtifactStoreArgs,
        logs: SecureBucket,
        log_prefix: str,
        *,
        reader_accounts: Sequence[str] = (),
        writers: Mapping[str, Sequence[str]] | None = None,
    ) -> SecureBucket:
        return secure_bucket(
            name,
            SecureBucketArgs(
                placement=args.placement,
                encryption_key_arn=args.encryption_key_arn,
                noncurrent_days=args.noncurrent_days,
                archive_after_days=args.archive_after_days,
                log_bucket=logs.bucket.bucket,
                log_bucket_ready=logs.ready,
                log_prefix=log_prefix,
                reader_accounts=reader_accounts,
                readable_keys=(*MODEL_KEYS, *REPORT_KEYS) if args.reports_readable else MODEL_KEYS,
                writers=writers or {},
                tags=args.tags,
            ),
            self,
        )

    def _replicate(
        self, name: str, args: ArtifactStoreArgs, data: SecureBucket, artifacts: SecureBucket
    ) -> BucketReplicas | None:
        if args.replica_region is None:
            return None
        from mlstack_components.aws.bucket_replicas import BucketReplicas, BucketReplicasArgs

        replicas = BucketReplicas(
            name,
            BucketReplicasArgs(
                placement=args.placement,
                region=args.replica_region,
                encryption_key_arn=args.encryption_key_arn,
                originals={"data": data, "artifacts": artifacts},
                noncurrent_days=args.noncurrent_days,
                archive_after_days=args.archive_after_days,
                access_log_days=args.access_log_days,
                permissions_boundary_arn=args.permissions_boundary_arn,
                tags=args.tags,
            ),
            pulumi.ResourceOptions(parent=self),
        )
        # What is put before the bucket is replicated is not copied.
        data.ready.append(replicas.configurations["data"])
        artifacts.ready.append(replicas.configurations["artifacts"])
        return replicas

    def _upload_code(self, name: str, args: ArtifactStoreArgs, store: SecureBucket) -> pulumi.Output[str | None]:
        if args.code_directory is None:
            return pulumi.Output.from_input(None)
        code = bundle(args.code_directory)
        path = _temporary_directory() / CODE_ARCHIVE
        path.write_bytes(code.content)
        return self._upload(name, args, store, path=path, key=stack_code_key(code.digest), tags=args.release_tags)

    def _upload_data(
        self, name: str, args: ArtifactStoreArgs, store: SecureBucket, file: Path | None
    ) -> pulumi.Output[str | None]:
        if file is None:
            return pulumi.Output.from_input(None)
        key = stack_data_key(file_digest(file), file.name)
        return self._upload(name, args, store, path=file, key=key, tags={})

    def _upload_datasets(
        self, name: str, args: ArtifactStoreArgs, store: SecureBucket
    ) -> dict[str, pulumi.Output[str | None]]:
        """The further datasets; a file that has several names is uploaded once, for it would be one object."""
        uploaded: dict[Path, pulumi.Output[str | None]] = {}
        for each, file in args.data_files.items():
            if file not in uploaded:
                uploaded[file] = self._upload_data(f"{name}-{each}", args, store, file)
        return {each: uploaded[file] for each, file in args.data_files.items()}

    def _upload(
        self,
        name: str,
        args: ArtifactStoreArgs,
        store: SecureBucket,
        *,
        path: Path,
        key: str,
        tags: dict[str, str],
    ) -> pulumi.Output[str | None]:
        uploaded = aws.s3.BucketObjectv2(
            name,
            aws.s3.BucketObjectv2Args(
                bucket=store.bucket.bucket,
                key=key,
                # The provider may be another process, with a working directory of its own.
                source=pulumi.FileAsset(str(path.absolute())),
                kms_key_id=args.encryption_key_arn,
                server_side_encryption="aws:kms",
                bucket_key_enabled=True,
                tags={**args.tags, **tags},
            ),
            pulumi.ResourceOptions(parent=self, retain_on_delete=True, depends_on=store.ready),
        )
        self.objects.append(uploaded)
        return pulumi.Output.all(store.bucket.bucket, uploaded.key).apply(lambda parts: s3_uri(parts[0], parts[1]))


def _temporary_directory() -> Path:
    """Return a directory of this process's own; the engine reads from it until the program ends."""
    path = Path(tempfile.mkdtemp(prefix="mlstack-"))
    atexit.register(shutil.rmtree, path, ignore_errors=True)
    return path
