"""A benchmark that is terminated ends what it started."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PROGRAM = """
import signal
from benchmarks.interruption import ended_in_order
with ended_in_order():
    try:
        print("began", flush=True)
        while True:
            signal.pause()
    finally:
        print("ended", flush=True)
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_what_comes_at_the_end_runs_where_it_is_terminated(number: signal.Signals) -> None:
    with subprocess.Popen([sys.executable, "-c", PROGRAM], cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "began\n"
        process.send_signal(number)
        assert process.stdout.read() == "ended\n"
    assert process.returncode == 128 + number
