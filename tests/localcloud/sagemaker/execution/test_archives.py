import io
import tarfile

import pytest
from mlstack_localcloud.server.sagemaker.execution import archives


def member(name, **values):
    info = tarfile.TarInfo(name)
    for key, value in values.items():
        setattr(info, key, value)
    return info


def archive(path, *members):
    with tarfile.open(path, "w:gz") as tar:
        for info in members:
            tar.addfile(info, io.BytesIO(b"x" * info.size))
    return path


@pytest.mark.parametrize(
    "hostile",
    [
        member("../outside", size=1),
        member("a/../../outside", size=1),
        member("link", type=tarfile.SYMTYPE, linkname="/etc/passwd"),
        member("link", type=tarfile.SYMTYPE, linkname="../../outside"),
        member("hard", type=tarfile.LNKTYPE, linkname="../outside"),
        member("device", type=tarfile.CHRTYPE),
        member("pipe", type=tarfile.FIFOTYPE),
    ],
    ids=lambda info: f"{info.name}-{info.type.decode()}",
)
def test_hostile_members_are_refused(tmp_path, hostile):
    path = archive(tmp_path / "a.tar.gz", member("fine", size=1), hostile)
    with pytest.raises(archives.ArchiveError, match=r"a\.tar\.gz"):
        archives.extract(path, tmp_path / "in" / "side")
    assert {p.name for p in tmp_path.rglob("*")} <= {"a.tar.gz", "in", "side", "fine", "a"}


@pytest.mark.parametrize("content", [b"", b"nonsense", b"\x1f\x8b\x08nonsense"])
def test_what_is_no_archive_is_refused(tmp_path, content):
    (tmp_path / "a.tar.gz").write_bytes(content)
    with pytest.raises(archives.ArchiveError):
        archives.extract(tmp_path / "a.tar.gz", tmp_path / "out")


def test_an_archive_that_is_cut_short_is_refused(tmp_path):
    import os

    with tarfile.open(tmp_path / "a.tar.gz", "w:gz") as tar:
        content = os.urandom(100_000)
        tar.addfile(member("m", size=len(content)), io.BytesIO(content))
    (tmp_path / "a.tar.gz").write_bytes((tmp_path / "a.tar.gz").read_bytes()[:50_000])
    with pytest.raises(archives.ArchiveError):
        archives.extract(tmp_path / "a.tar.gz", tmp_path / "out")


def test_too_many_members_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "_MOST_MEMBERS", 2)
    path = archive(tmp_path / "a.tar.gz", member("1"), member("2"), member("3"))
    with pytest.raises(archives.ArchiveError, match="more than 2 members"):
        archives.extract(path, tmp_path / "out")


def test_what_was_packed_is_unpacked(tmp_path):
    (tmp_path / "in" / "deep").mkdir(parents=True)
    (tmp_path / "in" / "deep" / "file").write_text("x")
    archives.pack(tmp_path / "in", tmp_path / "a.tar.gz")
    archives.extract(tmp_path / "a.tar.gz", tmp_path / "out")
    assert (tmp_path / "out" / "deep" / "file").read_text() == "x"
    assert archives.read_member(tmp_path / "a.tar.gz", "deep/file") == "x"
    assert archives.read_member(tmp_path / "a.tar.gz", "none") is None
