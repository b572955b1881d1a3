"""One release of an environment at a time, over all machines that release it.

The lock is an SSM parameter: creating one that exists fails, and that is all a lock needs. It names its holder. A lock
whose process has ended on this machine, or that is older than any release can be, is taken over with a word.
"""

from __future__ import annotations

import getpass
import json
import os
import socket
import time
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from mlstack_components.errors import MlstackError

from mlstack.cloud.errors import error_code, is_missing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mypy_boto3_ssm import SSMClient

_SECONDS_BETWEEN_LOOKS = 2.0
# An endpoint's deployment ends within the hour that Pulumi's provider waits for it, rolled back or not.
STALE_SECONDS = 2 * 60 * 60


class ReleaseLockedError(MlstackError):
    """Another release of this environment is under way."""

    code = "release-locked"


@dataclass(frozen=True)
class Holder:
    """Who holds a lock.

    Attributes:
        user: The user.
        host: The machine.
        pid: The process.
        since: When it was taken, in seconds since 1970.
    """

    user: str
    host: str
    pid: int
    since: float

    @classmethod
    def me(cls) -> Holder:
        """This process."""
        return cls(getpass.getuser(), socket.gethostname(), os.getpid(), time.time())

    def is_stale(self, me: Holder) -> bool:
        """Whether its release can't be under way any more."""
        if me.since - self.since > STALE_SECONDS:
            return True
        return self.host == me.host and not _runs(self.pid)


@contextmanager
def release_lock(
    ssm: SSMClient,
    name: str,
    say: Callable[[str], object],
    wait_seconds: float = 0.0,
    sleep: Callable[[float], object] = time.sleep,
) -> Iterator[None]:
    """Hold the lock of an environment.

    Args:
        ssm: A client.
        name: The parameter's name.
        say: Told when a stale lock is taken over.
        wait_seconds: For how long another release is waited for.
        sleep: Waits.

    Raises:
        ReleaseLockedError: Another release holds it.
    """
    mine = _take_in_time(ssm, name, say, wait_seconds, sleep)
    try:
        yield
    finally:
        if _read(ssm, name) == mine:
            ssm.delete_parameters(Names=[name])


def _take_in_time(
    ssm: SSMClient,
    name: str,
    say: Callable[[str], object],
    wait_seconds: float,
    sleep: Callable[[float], object],
) -> Holder:
    left = wait_seconds
    while True:
        try:
            return _take(ssm, name, say)
        except ReleaseLockedError:
            if left <= 0:
                raise
        say("Waiting for another release of this environment")
        sleep(min(left, _SECONDS_BETWEEN_LOOKS))
        left -= _SECONDS_BETWEEN_LOOKS


def _take(ssm: SSMClient, name: str, say: Callable[[str], object]) -> Holder:
    mine = Holder.me()
    if _create(ssm, name, mine):
        return mine
    holder = _read(ssm, name)
    if holder is None or holder.is_stale(mine):
        if holder is not None:
            say(f"Taking over the lock of a release that {holder.user}@{holder.host} did not finish.")
        ssm.delete_parameters(Names=[name])
        if _create(ssm, name, mine):
            return mine
        holder = _read(ssm, name) or mine
    raise ReleaseLockedError(
        f"A release of this environment is under way: {holder.user}@{holder.host}, process {holder.pid}.",
        next_step=f"Wait for its end. If that machine is gone: aws ssm delete-parameter --name {name}",
    )


def _create(ssm: SSMClient, name: str, holder: Holder) -> bool:
    from botocore.exceptions import ClientError

    try:
        ssm.put_parameter(Name=name, Value=json.dumps(asdict(holder)), Type="String", Overwrite=False)
    except ClientError as error:
        if error_code(error) == "ParameterAlreadyExists":
            return False
        raise
    return True


def _read(ssm: SSMClient, name: str) -> Holder | None:
    from botocore.exceptions import ClientError

    try:
        return Holder(**json.loads(ssm.get_parameter(Name=name)["Parameter"]["Value"]))
    except ClientError as error:
        if is_missing(error):
            return None
        raise
    except (ValueError, TypeError):
        return None


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
