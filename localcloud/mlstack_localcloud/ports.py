"""The two ports of a local cloud, chosen free at the first start and kept: queue URLs and Pulumi's state hold them."""

from __future__ import annotations

import json
import socket
from contextlib import ExitStack
from dataclasses import asdict, dataclass

from .home import Home, create_private, write_private


@dataclass(frozen=True)
class Ports:
    """Where a local cloud listens, on 127.0.0.1.

    Attributes:
        gateway: The port of the AWS-compatible gateway.
        provider: The port of the Pulumi provider.
    """

    gateway: int
    provider: int


def ensure_ports(home: Home) -> Ports:
    """Read the ports of a home, or choose free ones and keep them.

    Args:
        home: A home whose directories exist.

    Returns:
        The ports.
    """
    if not home.ports_file.exists():
        create_private(home.ports_file, _free_ports())
    try:
        return _read(home)
    except (ValueError, KeyError, TypeError):
        return replace_ports(home)


def replace_ports(home: Home) -> Ports:
    """Choose free ports and keep them in place of what was there.

    Args:
        home: A home whose directories exist.

    Returns:
        The ports.
    """
    write_private(home.ports_file, _free_ports())
    return _read(home)


def _read(home: Home) -> Ports:
    stored = json.loads(home.ports_file.read_text(encoding="utf-8"))
    return Ports(gateway=int(stored["gateway"]), provider=int(stored["provider"]))


def _free_ports() -> str:
    with ExitStack() as stack:
        # Both are held until both are known, or the same one could come twice.
        sockets = [stack.enter_context(socket.socket()) for _ in range(2)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return json.dumps(asdict(Ports(*(int(each.getsockname()[1]) for each in sockets))))


def is_free(port: int) -> bool:
    """Tell whether a port of 127.0.0.1 can be listened on now."""
    with socket.socket() as probe:
        # Without this a port whose last connections linger in TIME_WAIT would look taken.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
