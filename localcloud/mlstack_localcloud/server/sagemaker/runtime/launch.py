"""Run a command in a process group of its own, and end the whole group when the daemon asks or is gone.

Usage: `launch.py GRACE COMMAND [ARGUMENT ...]`, standard input a pipe from the daemon. On the pipe, `T` asks the group
to end (SIGTERM), `K` kills it, and the end of the file - which a `kill -9` of the daemon causes as well - asks it to
end and kills it GRACE seconds later. When the command ends by itself, what it left running in its group is killed. The
exit code is the command's own, or 128 and the number of the signal that ended it.

This works wherever there are pipes and process groups; a process that leaves its group (setsid) is not followed. It
imports next to nothing, because it starts before every job.
"""

import _thread
import os
import signal
import sys
import time

_NOT_FOUND = 127


def _signal_group(group: int, number: int) -> None:
    try:  # noqa: SIM105 - contextlib takes longer to import than everything else here
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):
        pass  # PermissionError: macOS answers so for a group whose only member is a zombie.


def _obey(group: int, grace: float) -> None:
    while True:
        order = os.read(0, 1)
        if order == b"T":
            _signal_group(group, signal.SIGTERM)
        elif order == b"K":
            _signal_group(group, signal.SIGKILL)
        elif not order:
            _signal_group(group, signal.SIGTERM)
            time.sleep(grace)
            _signal_group(group, signal.SIGKILL)
            return


def _become(arguments: list[str]) -> None:
    os.setpgid(0, 0)
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    try:
        os.execvp(arguments[0], arguments)  # noqa: S606 - running what the job says is the purpose
    except OSError as error:
        os.write(2, f"{arguments[0]}: {error.strerror}\n".encode())
        os._exit(_NOT_FOUND)


def main() -> None:
    """Run the command that the arguments name, to its end."""
    grace, arguments = float(sys.argv[1]), sys.argv[2:]
    child = os.fork()
    if child == 0:
        _become(arguments)
    try:  # noqa: SIM105
        os.setpgid(child, child)
    except OSError:
        pass  # The child was faster: it is in its group, or it already runs the command.
    _thread.start_new_thread(_obey, (child, grace))
    if hasattr(os, "waitid"):
        # The zombie keeps the group's number from being given to others until the group was killed.
        os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)
        _signal_group(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
    else:
        _, status = os.waitpid(child, 0)
        _signal_group(child, signal.SIGKILL)
    code = os.waitstatus_to_exitcode(status)
    os._exit(code if code >= 0 else 128 - code)


if __name__ == "__main__":
    main()
