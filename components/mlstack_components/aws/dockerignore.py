"""What a `.dockerignore` leaves out of a build's context, as Docker reads it.

A line is a pattern of a path from the context's root: `*` and `?` stop at a slash, `**` doesn't, `[...]` is a set; what
is below a path that matches is left out with it; a line that begins with `!` brings back; of several that match, the
last one counts. https://docs.docker.com/build/concepts/context/#dockerignore-files
"""

from __future__ import annotations

import re


class Ignored:
    """Tells which paths are left out.

    Args:
        text: The content of the file; empty where there is none.
    """

    def __init__(self, text: str = "") -> None:
        self._rules = [rule for line in text.splitlines() if (rule := _rule(line)) is not None]

    @property
    def brings_back(self) -> bool:
        """Whether something below a path that is left out may be in the context all the same."""
        return any(brings_back for brings_back, _ in self._rules)

    def __contains__(self, path: str) -> bool:
        """Tell whether a path is left out.

        Args:
            path: The path from the context's root, with slashes.
        """
        ignored = False
        for brings_back, pattern in self._rules:
            if pattern.match(path):
                ignored = not brings_back
        return ignored


def _rule(line: str) -> tuple[bool, re.Pattern[str]] | None:
    if line.startswith("#") or not line.strip():
        return None
    text = line.strip()
    brings_back = text.startswith("!")
    words = [word for word in text.removeprefix("!").strip().split("/") if word not in {"", "."}]
    return (brings_back, re.compile(_expression(words))) if words else None


def _expression(words: list[str]) -> str:
    found = ""
    for number, word in enumerate(words):
        last = number == len(words) - 1
        if word == "**":
            found += ".*" if last else "(?:.*/)?"
        else:
            found += _word(word) + ("" if last else "/")
    return f"{found}(?:/.*)?\\Z"


def _word(word: str) -> str:
    found, position = "", 0
    while position < len(word):
        character = word[position]
        end = word.find("]", position + 2)
        if character == "[" and end > 0:
            inside = word[position + 1 : end].replace("\\", "\\\\")
            found += f"[{inside}]"
            position = end
        elif character == "\\" and position + 1 < len(word):
            position += 1
            found += re.escape(word[position])
        elif word.startswith("**", position):
            found += ".*"
            position += 1
        else:
            found += {"*": "[^/]*", "?": "[^/]"}.get(character) or re.escape(character)
        position += 1
    return found
