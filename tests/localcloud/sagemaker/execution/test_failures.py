"""What a FailureReason keeps when it is cut."""

from mlstack_localcloud.server.sagemaker.execution.failures import MOST_CHARACTERS, fitting


def test_a_short_reason_stays_as_it_is():
    assert fitting("x" * MOST_CHARACTERS) == "x" * MOST_CHARACTERS


def test_a_long_reason_keeps_what_failed_and_what_was_printed_last():
    reason = fitting("The job failed." + "\n  File x" * 500 + "\nValueError: no such column")
    assert len(reason) == MOST_CHARACTERS
    assert reason.startswith("The job failed.")
    assert reason.endswith("ValueError: no such column")
