from __future__ import annotations

import threading

from mlstack_localcloud.server.repeating_thread import RepeatingThread


def test_it_works_again_and_again_after_a_failure_too_until_it_is_closed() -> None:
    thrice = threading.Event()
    calls: list[int] = []

    def work() -> None:
        calls.append(len(calls))
        if len(calls) == 3:
            thrice.set()
        raise ValueError

    repeating = RepeatingThread("work", 0.0, work)
    repeating.start()
    assert thrice.wait(60)
    repeating.close()
    assert not any(thread.name == "work" for thread in threading.enumerate())


def test_it_can_end_without_a_beginning_and_from_within() -> None:
    RepeatingThread("never", 0.0, lambda: None).close()
    ended = threading.Event()

    def work() -> None:
        within.close()
        ended.set()

    within = RepeatingThread("within", 0.0, work)
    within.start()
    assert ended.wait(60)
