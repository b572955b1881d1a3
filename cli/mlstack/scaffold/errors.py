"""What can be wrong with a call of `mlstack init`; the codes are listed in docs/templates.md."""

from __future__ import annotations

from dataclasses import dataclass

from mlstack_components.errors import UserError


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong.

    Attributes:
        code: The stable code, such as `E110`.
        message: One sentence without the code.
    """

    code: str
    message: str

    def __str__(self) -> str:
        return f"{self.code} {self.message}"


class ScaffoldError(UserError):
    """A project can't be made as asked; everything that is wrong is listed at once, and nothing was written.

    Attributes:
        findings: What is wrong, at least one.
    """

    def __init__(self, *findings: Finding, next_step: str | None = None) -> None:
        self.findings = findings
        self.code = findings[0].code
        super().__init__("\n".join(str(finding) for finding in findings), next_step=next_step)


def did_you_mean(word: str, known: list[str]) -> str:
    """The end of a message about an unknown word: the known one that comes close, or nothing.

    Args:
        word: What the user wrote.
        known: What would have been right.
    """
    from difflib import get_close_matches

    matches = get_close_matches(word, known, n=1, cutoff=0.6)
    return f' (did you mean "{matches[0]}"?)' if matches else ""
