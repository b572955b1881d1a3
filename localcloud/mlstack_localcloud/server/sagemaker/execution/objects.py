"""Objects of S3 in and out of jobs: prefixes to directories, directories to prefixes, archives."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from mlstack_localcloud.server.sagemaker.execution.shares import WHOLE
from mlstack_localcloud.server.sagemaker.execution.transfers import (
    NOTHING,
    DeniedError,
    TransferError,
    failed_download,
    files_below,
    keys_under,
    path_inside,
    split_uri,
    status_of,
    transfer_error,
)

if TYPE_CHECKING:
    from pathlib import Path

    from mlstack_localcloud.server.sagemaker.execution.shares import Share
    from mlstack_localcloud.server.sagemaker.ports import ClientFactory

__all__ = ["DeniedError", "Objects", "TransferError", "split_uri"]

_CHUNK = 1 << 20


class Objects:
    """Moves objects between S3 and directories of jobs.

    Every client is shared; each call is safe from several threads.

    Args:
        clients: Where the clients come from.
        role_arn: The role whose rights count; None for the local cloud's own.
    """

    def __init__(self, clients: ClientFactory, role_arn: str | None = None) -> None:
        self._clients = clients
        self._role_arn = role_arn

    def under(self, role_arn: str | None) -> Objects:
        """Return the same with the rights of a role; None for the local cloud's own."""
        return Objects(self._clients, role_arn)

    def exists(self, uri: str, region: str) -> bool:
        """Return whether an object, or anything under a prefix, is at an address.

        Raises:
            DeniedError: The role may not know.
        """
        try:
            bucket, key = split_uri(uri)
        except TransferError:
            return False
        client = self._client(region)
        try:
            client.head_object(Bucket=bucket, Key=key)
        except ClientError as error:
            if status_of(error) == HTTPStatus.FORBIDDEN:
                raise DeniedError(self._why_denied(client, bucket, key)) from error
            try:
                return bool(client.list_objects_v2(Bucket=bucket, Prefix=key, MaxKeys=1).get("KeyCount"))
            except ClientError:
                return False
        return True

    def has_bucket(self, uri: str, region: str) -> bool:
        """Return whether the bucket of an address is there."""
        try:
            self._client(region).head_bucket(Bucket=split_uri(uri)[0])
        except (TransferError, ClientError):
            return False
        return True

    def _why_denied(self, client: Any, bucket: str, key: str) -> str:
        # The answer to a HEAD has no text.
        try:
            client.get_object(Bucket=bucket, Key=key)
        except ClientError as error:
            return str(error.response["Error"].get("Message", error))
        return "Forbidden"

    def _client(self, region: str) -> Any:
        return self._clients.client("s3", region, self._role_arn)

    def download(self, uri: str, directory: Path, region: str, share: Share = WHOLE) -> int:
        """Copy everything under a prefix into a directory, or the one object of that name.

        Args:
            uri: `s3://bucket/prefix`; without a final slash it means `prefix` itself, else what is under `prefix/`, and
                else every key that starts so, as SageMaker's S3Prefix does.
            directory: Where the files go; it is made.
            region: The region of the client.
            share: Which part of the objects.

        Returns:
            How many objects were there, those of other shares among them.

        Raises:
            TransferError: There is nothing, or a key leads out of the directory.
        """
        bucket, prefix = split_uri(uri)
        directory.mkdir(parents=True, exist_ok=True)
        client = self._client(region)
        count = 0
        try:
            for key, name in files_below(list(keys_under(client, bucket, prefix)), prefix):
                if share.has(count):
                    self._copy(client, bucket, key, path_inside(directory, name))
                count += 1
        except ClientError as error:
            raise transfer_error(failed_download(uri, region, error), error) from error
        if count == 0:
            raise TransferError(NOTHING.format(uri=uri, region=region))
        return count

    def below(self, uri: str, region: str) -> list[tuple[str, str]]:
        """Return the address of everything under a prefix, and its name below it, as `download` would copy it.

        Raises:
            TransferError: There is nothing.
        """
        bucket, prefix = split_uri(uri)
        try:
            keys = list(keys_under(self._client(region), bucket, prefix))
        except ClientError as error:
            raise transfer_error(failed_download(uri, region, error), error) from error
        found = [(f"s3://{bucket}/{key}", name) for key, name in files_below(keys, prefix)]
        if not found:
            raise TransferError(NOTHING.format(uri=uri, region=region))
        return found

    def download_manifest(self, uri: str, directory: Path, region: str, share: Share = WHOLE) -> int:
        """Copy a share of what a manifest lists: `[{"prefix": "s3://bucket/path/"}, "a.csv", ...]`; return how many."""
        try:
            entries = json.loads(self.read(uri, region))
            prefix = entries[0]["prefix"]
            names = [str(name) for name in entries[1:]]
        except (ValueError, LookupError, TypeError) as error:
            raise TransferError(f"The manifest {uri} is not valid: {error}") from error
        for name in (name for place, name in enumerate(names) if share.has(place)):
            self.download_file(prefix.rstrip("/") + "/" + name, path_inside(directory, name), region)
        return len(names)

    def download_file(self, uri: str, path: Path, region: str, version: str | None = None) -> None:
        """Copy one object to a file.

        Args:
            uri: `s3://bucket/key`.
            path: The file.
            region: The region of the client.
            version: The object's version; None for the newest.

        Raises:
            TransferError: It is not there.
        """
        bucket, key = split_uri(uri)
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._copy(self._client(region), bucket, key, path, version)
        except ClientError as error:
            raise transfer_error(failed_download(uri, region, error), error) from error

    def read(self, uri: str, region: str) -> bytes:
        """Return an object's content.

        Raises:
            TransferError: It is not there.
        """
        bucket, key = split_uri(uri)
        try:
            content: bytes = self._client(region).get_object(Bucket=bucket, Key=key)["Body"].read()
        except ClientError as error:
            raise transfer_error(failed_download(uri, region, error), error) from error
        return content

    def upload(self, directory: Path, uri: str, region: str, key_id: str | None = None) -> int:
        """Copy every file of a directory under a prefix; return how many.

        Args:
            directory: The directory; links that lead out of it are not followed.
            uri: `s3://bucket/prefix`.
            region: The region of the client.
            key_id: The KMS key of the objects, or None.

        Raises:
            TransferError: S3 refused.
        """
        count = 0
        for path in sorted(directory.rglob("*")):
            if path.is_file() and path.resolve().is_relative_to(directory.resolve()):
                name = path.relative_to(directory).as_posix()
                self.upload_file(path, uri.rstrip("/") + "/" + name, region, key_id)
                count += 1
        return count

    def upload_file(self, path: Path, uri: str, region: str, key_id: str | None = None) -> None:
        """Copy a file to an object.

        Raises:
            TransferError: S3 refused.
        """
        bucket, key = split_uri(uri)
        encryption = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": key_id} if key_id else {}
        try:
            with path.open("rb") as file:
                self._client(region).put_object(Bucket=bucket, Key=key, Body=file, **encryption)
        except ClientError as error:
            raise transfer_error(f'Data upload failed for S3 URL "{uri}": {error}', error) from error

    def delete(self, uri: str, region: str) -> None:
        """Delete an object.

        Raises:
            TransferError: S3 refused.
        """
        bucket, key = split_uri(uri)
        try:
            self._client(region).delete_object(Bucket=bucket, Key=key)
        except ClientError as error:
            raise transfer_error(f'Data deletion failed for S3 URL "{uri}": {error}', error) from error

    def write(
        self,
        content: bytes,
        uri: str,
        region: str,
        role_arn: str,
        key_id: str | None = None,
        *,
        content_type: str | None = None,
    ) -> None:
        """Put content into an object, with the rights of a role.

        Args:
            content: The content.
            uri: `s3://bucket/key`.
            region: The region of the client.
            role_arn: The role.
            key_id: The KMS key of the object, or None.
            content_type: Its media type; S3's own default where None.

        Raises:
            TransferError: S3 refused.
        """
        bucket, key = split_uri(uri)
        encryption = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": key_id} if key_id else {}
        kind = {"ContentType": content_type} if content_type else {}
        try:
            client = self._clients.client("s3", region, role_arn)
            client.put_object(Bucket=bucket, Key=key, Body=content, **encryption, **kind)
        except ClientError as error:
            raise TransferError(f'Data upload failed for S3 URL "{uri}": {error}') from error

    def _copy(self, client: Any, bucket: str, key: str, path: Path, version: str | None = None) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        body = client.get_object(Bucket=bucket, Key=key, **({"VersionId": version} if version else {}))["Body"]
        with path.open("wb") as file:
            for chunk in body.iter_chunks(_CHUNK):
                file.write(chunk)
