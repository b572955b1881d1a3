"""What `data.source` means to the command line: a path of the project to push, or nothing to push."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from mlstack.datasets.source import push_folder, required_source, source_dataset, source_folder, source_path
from mlstack_components.aws.names import dataset_files_prefix
from mlstack_components.errors import UserError
from mlstack_stacks.composition.data import folder_prefix
from mlstack_stacks.spec import Data

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def spec_of(tmp_path: Path) -> Any:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "weather.csv").write_text("day,weather\n1,rain\n")

    def make(source: str | None) -> Any:
        data = None if source is None else Data(source=source)
        return SimpleNamespace(
            registry_source=None,
            data=data,
            root=tmp_path,
            file=tmp_path / "mlstack.yaml",
            environment="dev",
            address="dev",
        )

    return make


def test_a_file_and_a_folder_are_pushed_from_the_project(spec_of: Any, tmp_path: Path) -> None:
    assert required_source(spec_of("data/weather.csv")) == tmp_path / "data" / "weather.csv"
    assert required_source(spec_of("data")) == tmp_path / "data"
    assert source_folder(spec_of("data")) == tmp_path / "data"
    assert source_folder(spec_of("data/weather.csv")) is None


@pytest.mark.parametrize(
    ("source", "said"), [(None, "is not given"), ("s3://lake/raw/", "is in S3 already"), ("s3:///raw/", "is in S3")]
)
def test_where_the_data_is_elsewhere_somebody_must_say_what_to_push(spec_of: Any, source: str, said: str) -> None:
    spec = spec_of(source)
    assert source_path(spec) is None
    assert source_folder(spec) is None
    with pytest.raises(UserError, match=said) as told:
        required_source(spec)
    assert told.value.next_step == "Name a file or folder: mlstack data push dev PATH"


def test_the_dataset_of_a_source_is_the_one_that_a_push_makes(spec_of: Any) -> None:
    assert source_dataset(spec_of("data/weather.csv")) == "weather"
    assert source_dataset(spec_of("data")) == "data"
    with pytest.raises(UserError, match="names no dataset"):
        source_dataset(spec_of("s3://lake/raw/"))


def test_a_folder_is_pushed_to_where_the_stack_says_that_it_is(spec_of: Any, session: Any) -> None:
    s3 = session.client("s3")
    s3.create_bucket(Bucket="data")
    folder = source_folder(spec_of("data"))
    assert folder is not None
    pushed = push_folder(s3, "data", folder, lambda _: None)
    assert pushed.uri == f"s3://data/{folder_prefix(folder)}"
    assert folder_prefix(folder) == dataset_files_prefix("data", pushed.version.version)
