"""How a release fails: with everything as before, or, where putting back fails too, with both reasons."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from mlstack_components.errors import MlstackError

if TYPE_CHECKING:
    from collections.abc import Iterator


class ReleaseFailedError(MlstackError):
    """The endpoint does not serve what was intended; everything is as it was before."""

    code = "release-failed"


class PuttingBackFailedError(MlstackError):
    """A release failed, and so did putting everything back."""

    code = "putting-back-failed"


@contextmanager
def both_told(first: MlstackError, environment: str) -> Iterator[None]:
    """Tells why a release failed where putting everything back fails, too.

    Args:
        first: Why the release failed.
        environment: Its address, for what to do next.

    Raises:
        PuttingBackFailedError: Putting back failed; the message has both reasons.
    """
    try:
        yield
    except Exception as second:  # whatever the cloud or the engine says must not hide the first reason
        told = "\n".join((_reason(first), "Putting everything back failed, too:", _reason(second)))
        raise PuttingBackFailedError(
            f"The release failed:\n{told}",
            next_step=f"`mlstack status {environment}` shows what serves; once the causes are gone, release again.",
        ) from first


def _reason(error: Exception) -> str:
    """What an error says, with what the engine said above it."""
    said = getattr(error, "diagnostics", "")
    message = error.message if isinstance(error, MlstackError) else str(error)
    return "\n".join(part.rstrip() for part in (message, said) if part)
