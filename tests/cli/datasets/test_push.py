"""A dataset reaches the data bucket whole or not at all, once, and only what is missing is sent."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from mlstack.datasets import push as push_module
from mlstack.datasets.catalog import Catalog, reference_of
from mlstack.datasets.push import ChangedMeanwhileError, human, push
from mlstack_components.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

BUCKET = "data"


class Counting:
    """A client that counts what is sent and what is copied.

    It fails when there is no more to be sent.
    """

    def __init__(self, client: Any) -> None:
        self.client = client
        self.sent: list[str] = []
        self.copied: list[str] = []
        client.meta.events.register("before-call.s3", self._count)

    def _count(self, model: Any, params: dict[str, Any], **_: Any) -> None:
        key = params["url_path"].partition("/files/")[2]
        if model.name in {"PutObject", "UploadPart"} and key:
            self.sent.append(key)
        elif model.name in {"CopyObject", "UploadPartCopy"}:
            self.copied.append(key)


@pytest.fixture
def counting(session: Any) -> Counting:
    client = session.client("s3")
    client.create_bucket(Bucket=BUCKET)
    client.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    return Counting(client)


@pytest.fixture
def catalog(counting: Counting) -> Catalog:
    return Catalog(counting.client, BUCKET)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "weather"
    (root / "2024").mkdir(parents=True)
    (root / "2024" / "january.csv").write_text("day,weather\n1,rain\n")
    (root / "notes.txt").write_text("wet\n")
    return root


def _push(catalog: Catalog, folder: Path, name: str = "weather") -> Any:
    return push(catalog, folder, name, lambda _: None)


def _keys(catalog: Catalog, prefix: str = "") -> list[str]:
    listed = catalog.s3.list_objects_v2(Bucket=BUCKET, Prefix=prefix).get("Contents", [])
    return [each["Key"] for each in listed]


def test_a_folder_is_pushed_under_its_own_paths_with_a_manifest(catalog: Catalog, folder: Path) -> None:
    pushed = _push(catalog, folder)
    version = pushed.version.version
    assert (pushed.is_new, pushed.sent, pushed.copied) == (True, 2, 0)
    assert pushed.uri == f"s3://{BUCKET}/datasets/weather/{version}/files/"
    assert _keys(catalog, f"datasets/weather/{version}/files/") == [
        f"datasets/weather/{version}/files/2024/january.csv",
        f"datasets/weather/{version}/files/notes.txt",
    ]
    # The manifest is beside what a job reads, not in it.
    manifest = catalog.s3.get_object(Bucket=BUCKET, Key=f"datasets/weather/{version}/manifest.json")["Body"].read()
    told = json.loads(manifest)
    assert told["created_by"]
    assert [each["path"] for each in told["files"]] == ["2024/january.csv", "notes.txt"]
    assert told["files"][1]["size"] == 4
    assert len(told["files"][1]["sha256"]) == 64


def test_pushing_the_same_again_sends_nothing(catalog: Catalog, folder: Path, counting: Counting) -> None:
    first = _push(catalog, folder)
    counting.sent.clear()
    again = _push(catalog, folder)
    assert (again.is_new, again.sent, counting.sent) == (False, 0, [])
    assert again.version == first.version


def test_what_an_older_version_has_is_copied_inside_s3(catalog: Catalog, folder: Path, counting: Counting) -> None:
    _push(catalog, folder)
    counting.sent.clear()
    (folder / "2024" / "january.csv").rename(folder / "2024" / "01.csv")
    (folder / "2024" / "february.csv").write_text("day,weather\n1,sun\n")
    pushed = _push(catalog, folder)
    assert (pushed.sent, pushed.copied) == (1, 2)
    assert counting.sent == ["2024/february.csv"]
    assert sorted(counting.copied) == ["2024/01.csv", "notes.txt"]
    key = f"datasets/weather/{pushed.version.version}/files/2024/01.csv"
    assert catalog.s3.get_object(Bucket=BUCKET, Key=key)["Body"].read() == b"day,weather\n1,rain\n"


def test_an_interrupted_push_goes_on_where_it_was(
    catalog: Catalog, folder: Path, counting: Counting, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = push_module._Transfer._start

    def interrupted(self: Any, manager: Any, file: Any, *more: Any) -> Any:
        if file.path == "notes.txt":
            # What was begun before is waited for, so that the test knows what is there.
            raise KeyboardInterrupt
        future = start(self, manager, file, *more)
        future.result()
        return future

    monkeypatch.setattr(push_module._Transfer, "_start", interrupted)
    with pytest.raises(KeyboardInterrupt):
        _push(catalog, folder)
    assert catalog.versions("weather") == []
    assert counting.sent == ["2024/january.csv"]
    monkeypatch.setattr(push_module._Transfer, "_start", start)
    counting.sent.clear()
    assert _push(catalog, folder).sent == 1
    assert counting.sent == ["notes.txt"]
    assert len(catalog.versions("weather")) == 1


@pytest.mark.parametrize("change", [lambda file: file.write_text("day,weather\n1,snow\n"), lambda file: file.unlink()])
def test_a_file_that_changes_meanwhile_makes_no_version(
    catalog: Catalog, folder: Path, monkeypatch: pytest.MonkeyPatch, change: Callable[[Path], object]
) -> None:
    older = push_module._Transfer._older

    def meanwhile(self: Any) -> Any:
        change(folder / "2024" / "january.csv")
        return older(self)

    monkeypatch.setattr(push_module._Transfer, "_older", meanwhile)
    with pytest.raises(ChangedMeanwhileError, match=r"january\.csv was changed"):
        _push(catalog, folder)
    assert catalog.versions("weather") == []
    # With it gone, the former contents are not taken for sent when they come back.
    assert not [key for key in _keys(catalog) if key.endswith("january.csv")]


def test_a_large_file_is_sent_in_parts(catalog: Catalog, tmp_path: Path, counting: Counting) -> None:
    content = bytes(range(256)) * (40 * 1024)
    file = tmp_path / "large.bin"
    file.write_bytes(content)
    told: list[str] = []
    pushed = push(catalog, file, "large", told.append)
    assert counting.sent == ["large.bin", "large.bin"]
    key = f"datasets/large/{pushed.version.version}/files/large.bin"
    assert catalog.s3.get_object(Bucket=BUCKET, Key=key)["Body"].read() == content


def test_progress_is_told_now_and_then(catalog: Catalog, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(push_module, "_SECONDS_BETWEEN_REPORTS", 0.0)
    told: list[str] = []
    push(catalog, folder, "weather", told.append)
    assert told[1].startswith("Reading ")
    assert "2 of 2 files, 23 B of 23 B" in told[1]
    assert told[-1].startswith("Pushing weather@")
    assert "2 of 2 files, 23 B of 23 B" in told[-1]


def test_versions_are_listed_newest_first_and_found_by_their_beginning(catalog: Catalog, folder: Path) -> None:
    first = _push(catalog, folder).version
    (folder / "notes.txt").write_text("dry\n")
    second = _push(catalog, folder).version
    other = _push(catalog, folder, "other").version
    catalog.s3.put_object(Bucket=BUCKET, Key="datasets/weather/0000/files/unfinished.csv", Body=b"")
    assert catalog.names() == ["other", "weather"]
    assert {each.version for each in catalog.versions("weather")} == {first.version, second.version}
    assert len(catalog.all_versions()) == 3
    assert catalog.resolve(f"weather@{first.version[:6]}") == first
    assert catalog.resolve(first.reference) == first
    assert catalog.resolve("other") == other
    assert reference_of(catalog.uri(first)) == first.reference
    assert reference_of("s3://data/data/0f/weather.csv") is None


def test_the_newest_is_meant_where_no_version_is_named(catalog: Catalog, folder: Path) -> None:
    first = _push(catalog, folder).version
    (folder / "notes.txt").write_text("dry\n")
    second = _push(catalog, folder).version
    # Pushed within the same second: the older one is made older.
    old = {**first.to_metadata(), "created-at": "2020-01-01T00:00:00+00:00"}
    key = f"datasets/weather/{first.version}/manifest.json"
    catalog.s3.put_object(Bucket=BUCKET, Key=key, Body=b'{"files": []}', Metadata=old)
    assert catalog.resolve("weather").version == second.version
    assert [each.version for each in catalog.versions("weather")] == [second.version, first.version]


@pytest.mark.parametrize(
    ("reference", "said"),
    [
        ("wether", "no dataset `wether`. There are weather"),
        ("weather@ffffffff", "no version"),
        ("weather@", "no version"),
    ],
)
def test_what_is_not_there_is_told_with_what_is(catalog: Catalog, folder: Path, reference: str, said: str) -> None:
    _push(catalog, folder)
    with pytest.raises(UserError) as told:
        catalog.resolve(reference)
    assert said in str(told.value)


def test_a_beginning_of_several_versions_is_refused(catalog: Catalog, folder: Path) -> None:
    beginnings = []
    for number in range(17):
        (folder / "notes.txt").write_text(f"{number}\n")
        beginnings.append(_push(catalog, folder).version.version[0])
    # Seventeen versions begin with one of sixteen digits.
    shared = next(each for each in beginnings if beginnings.count(each) > 1)
    with pytest.raises(UserError, match="more than one version"):
        catalog.resolve(f"weather@{shared}")


def test_names_of_people_that_are_no_ascii(catalog: Catalog, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("getpass.getuser", lambda: "Zoë")
    _push(catalog, folder)
    assert catalog.resolve("weather").created_by == "Zoë"


@pytest.mark.parametrize(("size", "shown"), [(0, "0 B"), (999, "999 B"), (1500, "1.5 KB"), (2.5e12, "2.5 TB")])
def test_sizes_are_readable(size: float, shown: str) -> None:
    assert human(size) == shown
