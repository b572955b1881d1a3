"""The offline store: every record that was put, as Parquet files in S3.

AWS gathers records for up to fifteen minutes; here a second has to do. What cannot be written (a role without rights, a
bucket that is gone) waits and is tried again, and the group's `OfflineStoreStatus` says why. A file that was written
when the daemon was killed may be written once more, under another name.
"""

from __future__ import annotations

import hashlib
import logging
import threading
from collections import defaultdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from mlstack_localcloud.server.sagemaker import arns
from mlstack_localcloud.server.sagemaker.execution.objects import split_uri
from mlstack_localcloud.server.sagemaker.features import parquet
from mlstack_localcloud.server.sagemaker.features.values import types
from mlstack_localcloud.server.sagemaker.store import now

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mlstack_localcloud.server.sagemaker.features.records import Pending, Records
    from mlstack_localcloud.server.sagemaker.ports import ClientFactory, Document, Identity
    from mlstack_localcloud.server.sagemaker.store import Store

_GATHER_SECONDS = 1.0
_RETRY_SECONDS = 5.0
_ROWS_A_TURN = 10_000
_DIGITS = 16
_KINDS: dict[str, parquet.Kind] = {"String": "string", "Integral": "integer", "Fractional": "float"}
_READ: dict[str, Callable[[str], Any]] = {"String": str, "Integral": int, "Fractional": float}
_log = logging.getLogger(__name__)


def output_uri(uri: str, caller: Identity, group: str, created: float) -> str:
    """Return below which URI the files of a group lie (developer guide, offline store URI structures)."""
    place = f"{caller.account}/sagemaker/{caller.region}/offline-store/{group}-{int(created)}/data"
    return f"{uri.rstrip('/')}/{place}"


class OfflineStore:
    """Writes what waits in the tables, in a thread of its own.

    Args:
        store: The feature groups.
        records: What waits.
        clients: Clients of S3 that act as a group's role.
    """

    def __init__(self, store: Store, records: Records, clients: ClientFactory) -> None:
        self._store = store
        self._records = records
        self._clients = clients
        self._waiting = threading.Event()
        self._closing = threading.Event()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to write, first what was left when the daemon ended."""
        self._waiting.set()
        self._thread = threading.Thread(target=self._run, name="offline store", daemon=True)
        self._thread.start()

    def notice(self) -> None:
        """Say that something waits."""
        self._waiting.set()

    def write_out(self, arn: str) -> None:
        """Write all that a group has waiting; what can't be written is left."""
        with self._lock:
            while self._write_some(arn):
                pass

    def close(self) -> None:
        """End; what waits is written at the next start."""
        self._closing.set()
        self._waiting.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        while True:
            self._waiting.wait()
            if self._closing.wait(_GATHER_SECONDS):
                return
            self._waiting.clear()
            for arn in self._records.groups_waiting():
                try:
                    self.write_out(arn)
                except Exception:
                    _log.exception("The offline store of %s failed", arn)
            if self._records.groups_waiting() and not self._closing.wait(_RETRY_SECONDS):
                self._waiting.set()

    def _write_some(self, arn: str) -> bool:
        """Write a part; whether there may be more."""
        rows = self._records.pending(arn, _ROWS_A_TURN)
        name, region = arns.name_of(arn, arns.FEATURE_GROUP), arns.region_of(arn)
        group = self._store.get(arns.FEATURE_GROUP, region, name)
        if not rows or group is None or self._closing.is_set():
            return False
        hours: dict[str, list[Pending]] = defaultdict(list)
        for row in rows:
            hours[_hour(row.change.event_time)].append(row)
        try:
            for hour, those in hours.items():
                self._put(group, region, hour, those)
                self._records.written(arn, [row.number for row in those])
        except ClientError as error:
            self._tell(region, name, {"Status": "Blocked", "BlockedReason": str(error)})
            return False
        self._tell(region, name, {"Status": "Active"})
        return True

    def _put(self, group: Document, region: str, hour: str, rows: Sequence[Pending]) -> None:
        storage = group["OfflineStoreConfig"]["S3StorageConfig"]
        bucket, prefix = split_uri(storage["ResolvedOutputS3Uri"])
        newest = datetime.fromtimestamp(max(row.change.event_time for row in rows), UTC)
        digest = hashlib.sha256(",".join(str(row.number) for row in rows).encode()).hexdigest()[:_DIGITS]
        key_id = storage.get("KmsKeyId")
        encryption = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": key_id} if key_id else {}
        self._clients.client("s3", region, group["RoleArn"]).put_object(
            Bucket=bucket,
            Key=f"{prefix}/{hour}/{newest:%Y%m%dT%H%M%SZ}_{digest}.parquet",
            Body=parquet.table(_columns(group, rows)),
            **encryption,
        )

    def _tell(self, region: str, name: str, status: Document) -> None:
        def change(document: Document) -> None:
            document["OfflineStoreStatus"] = status

        group = self._store.get(arns.FEATURE_GROUP, region, name)
        if group is not None and group["OfflineStoreStatus"] != status:
            self._store.update(arns.FEATURE_GROUP, region, name, change, stamp=False)


def _hour(event_time: float) -> str:
    return f"{datetime.fromtimestamp(event_time, UTC):year=%Y/month=%m/day=%d/hour=%H}"


def _columns(group: Document, rows: Sequence[Pending]) -> list[parquet.Column]:
    """A column a feature, and the three that the offline store adds."""
    written = round(now() * 1000)
    columns = []
    for name, type_ in types(group).items():
        texts = [row.change.features.get(name) for row in rows]
        read = _READ[type_]
        columns.append(parquet.Column(name, _KINDS[type_], [None if text is None else read(text) for text in texts]))
    received = [round(row.change.received * 1000) for row in rows]
    return [
        *columns,
        parquet.Column("write_time", "timestamp", [written] * len(rows)),
        parquet.Column("api_invocation_time", "timestamp", received),
        parquet.Column("is_deleted", "boolean", [row.change.deleted for row in rows]),
    ]
