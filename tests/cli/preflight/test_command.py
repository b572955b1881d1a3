"""`mlstack doctor ENV`, as it is typed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from mlstack import main
from mlstack.preflight.run import CHECKS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mlstack.preflight.subject import Subject


def _run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    with pytest.raises(SystemExit) as ended:
        main.run(["doctor", *arguments])
    return int(ended.value.code or 0), capsys.readouterr().out


@pytest.mark.engine
def test_an_environment_that_nothing_is_in_the_way_of(
    make_subject: Callable[..., Subject],
    engine_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(make_subject("nothing").project.root)
    code, out = _run(capsys, "local", "--json")
    found = json.loads(out)
    assert [each["name"] for each in found] == list(CHECKS)
    assert {each["result"] for each in found} == {"ok"}
    assert code == 0


def test_a_failed_check_is_told_with_what_to_do_and_exits_with_1(
    make_subject: Callable[..., Subject],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    root = make_subject("failed").project.root
    (root / "mlstack.yaml").write_text(
        (root / "mlstack.yaml").read_text() + '  prod: {account: "222222222222", region: eu-west-1}\n'
    )
    monkeypatch.chdir(root)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "none"))
    code, out = _run(capsys, "prod")
    assert code == 1
    lines = out.splitlines()
    assert lines[0].startswith("!!  credentials  There are no usable AWS credentials for `prod`")
    assert "aws sso login" in lines[1]
    assert [line.split()[1] for line in lines if not line.startswith(" ")] == list(CHECKS)


def test_without_an_environment_it_looks_at_this_machine(capsys: pytest.CaptureFixture[str]) -> None:
    _, out = _run(capsys, "--json")
    assert "Python" in {each["name"] for each in json.loads(out)}
