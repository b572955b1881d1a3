import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mlstack_localcloud.server.sagemaker.execution.directories import JobDirectory


@pytest.fixture
def directory(tmp_path):
    return JobDirectory.make(tmp_path / "job")


@pytest.mark.parametrize(
    ("text", "replaced"),
    [
        ("/opt/ml", "{}"),
        ("/opt/ml/input/data", "{}/input/data"),
        ("--in=/opt/ml/a --out=/opt/ml/b", "--in={}/a --out={}/b"),
        ("cd '/opt/ml/code' && ls", "cd '{}/code' && ls"),
        ("/opt/mlflow", "/opt/mlflow"),
        ("/opt/ml-data", "/opt/ml-data"),
        ("/home/opt/ml/x", "/home/opt/ml/x"),
    ],
)
def test_the_containers_directory_becomes_the_jobs(directory, text, replaced):
    assert directory.localised(text) == replaced.replace("{}", str(directory.base))


@given(st.text(alphabet="abc/-. ", max_size=30))
def test_other_texts_stay_as_they_are(text):
    from pathlib import Path

    assert JobDirectory(Path("/j"), Path("/j/ml")).localised(text) == text


def test_a_home_with_a_space_is_no_trouble_to_a_shell(tmp_path):
    directory = JobDirectory.make(tmp_path / "my home" / "job")
    subprocess.run(["/bin/sh", "-c", directory.localised("echo x > /opt/ml/model/m")], check=True)
    assert (tmp_path / "my home" / "job" / "ml" / "model" / "m").read_text() == "x\n"
    directory.remove()
    assert not directory.base.is_symlink()
