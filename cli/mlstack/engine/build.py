"""Building the Pulumi engine from its Go module, where it can be downloaded from nowhere.

```
module/go.mod    what is built: Pulumi's command of one version, every dependency pinned
module/go.sum    their checksums
module/tools.go  the import that keeps them needed
```

Takes about four minutes on two cores and 2 GB below Go's own caches, and seconds where these caches are warm.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from mlstack.engine.find import MINIMUM

if TYPE_CHECKING:
    from collections.abc import Callable

MODULE = "github.com/pulumi/pulumi/pkg/v3"
_COMMAND = f"{MODULE}/cmd/pulumi"
_VERSION_SYMBOL = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version"
_FILES = ("go.mod", "go.sum", "tools.go")
_LINES_OF_ERROR = 15


class BuildError(Exception):
    """The build did not work; the message says why."""


def build(directory: Path, progress: Callable[[str], None]) -> None:
    """Builds the engine.

    Args:
        directory: Where `bin/pulumi` is put; it exists and is empty.
        progress: Told how far it is, in a few words.

    Raises:
        BuildError: There is no Go, or its build failed; the message has its last lines.
    """
    go = shutil.which("go")
    if go is None:
        raise BuildError("there is no `go` on PATH")
    (directory / "bin").mkdir()
    with tempfile.TemporaryDirectory(dir=directory) as module:
        _copy_module(Path(module))
        _run(command(go, directory / "bin" / "pulumi"), Path(module), progress)


def command(go: str, target: Path) -> list[str]:
    """The command that builds the engine, to be run in the module's directory.

    Args:
        go: The Go command.
        target: The executable to write.

    Returns:
        The command's words.
    """
    flags = f"-s -w -X {_VERSION_SYMBOL}={MINIMUM}"
    return [go, "build", "-v", "-mod=readonly", "-trimpath", "-ldflags", flags, "-o", str(target), _COMMAND]


def _copy_module(directory: Path) -> None:
    # Copied, because Go wants to write beside go.mod, and a package may be installed read-only.
    source = files("mlstack.engine") / "module"
    for name in _FILES:
        (directory / name).write_bytes((source / name).read_bytes())


def _run(words: list[str], directory: Path, progress: Callable[[str], None]) -> None:
    last: list[str] = []
    downloaded = compiled = 0
    with subprocess.Popen(
        words, cwd=directory, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            for line in process.stderr or ():
                last = [*last, line.rstrip()][-_LINES_OF_ERROR:]
                if line.startswith("go: downloading"):
                    downloaded += 1
                else:
                    compiled += 1
                # One word on each hundred keeps a log readable.
                if (downloaded + compiled) % 100 == 0:
                    progress(_how_far(downloaded, compiled))
        except BaseException:
            process.terminate()
            raise
    if process.returncode != 0:
        raise BuildError("`go build` failed:\n      " + "\n      ".join(last))


def _how_far(downloaded: int, compiled: int) -> str:
    if not compiled:
        return f"Building the Pulumi engine: {downloaded} modules downloaded"
    return f"Building the Pulumi engine (about four minutes): {compiled} packages compiled"
