import json
import subprocess
import sys
import time
from dataclasses import asdict, replace
from typing import Any

import pytest
from mlstack.release.lock import STALE_SECONDS, Holder, ReleaseLockedError, release_lock

NAME = "/mlstack/weather/local/lock/release"


def _hold(ssm: Any, holder: Holder) -> None:
    ssm.put_parameter(Name=NAME, Value=json.dumps(asdict(holder)), Type="String")


def _names(ssm: Any) -> list[str]:
    return [each["Name"] for each in ssm.get_parameters_by_path(Path="/mlstack", Recursive=True)["Parameters"]]


def test_held_while_the_release_lasts_and_gone_after(ssm: Any) -> None:
    said: list[str] = []
    with release_lock(ssm, NAME, said.append):
        assert _names(ssm) == [NAME]
    assert (_names(ssm), said) == ([], [])


def test_gone_after_a_release_that_failed(ssm: Any) -> None:
    with pytest.raises(KeyError), release_lock(ssm, NAME, print):
        raise KeyError
    assert _names(ssm) == []


def test_a_second_release_is_refused_and_told_by_whom(ssm: Any) -> None:
    with (
        release_lock(ssm, NAME, print),
        pytest.raises(ReleaseLockedError, match=r"under way: .*@.*, process \d+"),
        release_lock(ssm, NAME, print),
    ):
        pytest.fail("two releases at once")


def test_a_refused_release_leaves_the_lock_to_its_holder(ssm: Any) -> None:
    elsewhere = replace(Holder.me(), host="build-7", pid=1)
    _hold(ssm, elsewhere)
    with pytest.raises(ReleaseLockedError, match="build-7"), release_lock(ssm, NAME, print):
        pytest.fail("two releases at once")
    assert json.loads(ssm.get_parameter(Name=NAME)["Parameter"]["Value"]) == asdict(elsewhere)


def test_the_lock_of_a_dead_process_is_taken_over_with_a_word(ssm: Any) -> None:
    ended = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True)
    _hold(ssm, replace(Holder.me(), pid=int(ended.stdout)))
    said: list[str] = []
    with release_lock(ssm, NAME, said.append):
        pass
    assert said == [f"Taking over the lock of a release that {Holder.me().user}@{Holder.me().host} did not finish."]
    assert _names(ssm) == []


def test_a_lock_older_than_any_release_is_stale_wherever_it_is_from() -> None:
    me = Holder.me()
    elsewhere = replace(me, host="build-7", pid=1)
    assert not elsewhere.is_stale(me)
    assert replace(elsewhere, since=time.time() - STALE_SECONDS - 60).is_stale(me)


def test_whoever_lost_the_lock_does_not_free_another_s(ssm: Any) -> None:
    other = replace(Holder.me(), host="build-7")
    with release_lock(ssm, NAME, print):
        ssm.put_parameter(Name=NAME, Value=json.dumps(asdict(other)), Type="String", Overwrite=True)
    assert _names(ssm) == [NAME]


def test_another_release_is_waited_for(ssm: Any) -> None:
    _hold(ssm, replace(Holder.me(), host="build-7", pid=1))
    slept: list[float] = []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        if len(slept) == 3:
            ssm.delete_parameter(Name=NAME)

    said: list[str] = []
    with release_lock(ssm, NAME, said.append, 3600, sleep):
        assert _names(ssm) == [NAME]
    assert len(slept) == 3
    assert set(said) == {"Waiting for another release of this environment"}
    assert _names(ssm) == []


@pytest.mark.parametrize("wait", [0.0, 60.0, 61.0])
def test_it_is_waited_for_no_longer_than_was_said(ssm: Any, wait: float) -> None:
    _hold(ssm, replace(Holder.me(), host="build-7", pid=1))
    slept: list[float] = []
    with pytest.raises(ReleaseLockedError, match="build-7"), release_lock(ssm, NAME, print, wait, slept.append):
        pytest.fail("two releases at once")
    assert sum(slept) == wait
    assert _names(ssm) == [NAME]
