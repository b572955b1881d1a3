"""What a project's files say of the backend, and who wins."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from mlstack.bootstrap.record import OtherBackendError, record_step
from mlstack.bootstrap.step import Change
from mlstack.engine.backend import StateBackend, backend_variables, recorded_backend, refuse_recorded_backend
from mlstack_components.errors import UserError

if TYPE_CHECKING:
    from pathlib import Path

BACKEND = StateBackend.of("222222222222", "eu-west-1")


@pytest.fixture
def infra(tmp_path: Path) -> Path:
    (tmp_path / "Pulumi.yaml").write_text("name: weather\nruntime: python\n")
    return tmp_path


def _record(infra: Path) -> None:
    record_step(infra, "prod", BACKEND).do()


def test_the_line_is_added_and_all_else_stays_as_it_was_written(infra: Path) -> None:
    file = infra / "Pulumi.prod.yaml"
    file.write_text("config:\n  # mine\n  aws:region: eu-west-1\n")
    _record(infra)
    assert file.read_text() == (
        "secretsprovider: awskms://alias/mlstack/state/222222222222-eu-west-1?region=eu-west-1\n"
        "config:\n  # mine\n  aws:region: eu-west-1\n"
    )
    assert recorded_backend(infra, "prod") == BACKEND
    assert record_step(infra, "prod", BACKEND).change is Change.NONE


def test_a_document_s_mark_stays_first(infra: Path) -> None:
    (infra / "Pulumi.prod.yaml").write_text("---\nconfig: {}\n")
    _record(infra)
    assert (infra / "Pulumi.prod.yaml").read_text().startswith("---\nsecretsprovider: ")
    assert recorded_backend(infra, "prod") == BACKEND


def test_a_project_without_the_file_gets_one(infra: Path) -> None:
    _record(infra)
    assert recorded_backend(infra, "prod") == BACKEND


@pytest.mark.parametrize("text", ["secretsprovider: gcpkms://mine\n", "encryptionsalt: v1:abc\n"])
def test_an_environment_whose_state_is_elsewhere_is_refused(infra: Path, text: str) -> None:
    (infra / "Pulumi.prod.yaml").write_text(text)
    with pytest.raises(OtherBackendError, match=r"Pulumi\.prod\.yaml"):
        record_step(infra, "prod", BACKEND)
    assert (infra / "Pulumi.prod.yaml").read_text() == text


def test_the_backend_of_a_bootstrapped_environment_is_used(infra: Path) -> None:
    assert backend_variables(infra, "prod") == {}
    _record(infra)
    assert backend_variables(infra, "prod") == {
        "PULUMI_BACKEND_URL": "s3://mlstack-state-222222222222-eu-west-1?region=eu-west-1"
    }
    assert backend_variables(infra, "dev") == {}


def test_a_backend_that_the_shell_names_wins(infra: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _record(infra)
    monkeypatch.setenv("PULUMI_BACKEND_URL", "s3://mine")
    assert backend_variables(infra, "prod") == {}


def test_a_backend_that_pulumi_yaml_names_wins(infra: Path) -> None:
    _record(infra)
    (infra / "Pulumi.yaml").write_text("name: weather\nruntime: python\nbackend:\n  url: s3://mine\n")
    assert backend_variables(infra, "prod") == {}


@pytest.mark.parametrize(
    "provider",
    [
        "awskms://alias/ours?region=eu-west-1",
        "awskms://alias/mlstack/state/222222222222-eu-west-1",
        "awskms://alias/mlstack/state/?region=eu-west-1",
        "awskms://alias/mlstack/state/a/b?region=eu-west-1",
        "passphrase",
    ],
)
def test_another_key_is_not_taken_for_the_account_s(provider: str) -> None:
    assert StateBackend.parse(provider) is None


def test_what_was_bootstrapped_in_a_cloud_is_no_local_environment(infra: Path) -> None:
    refuse_recorded_backend(infra, "prod")
    _record(infra)
    with pytest.raises(UserError, match="was bootstrapped in a cloud"):
        refuse_recorded_backend(infra, "prod")
