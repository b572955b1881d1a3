"""The directory of a job, laid out as `/opt/ml` is in a SageMaker container.

```
<jobs>/<kind>/<region>/<name>/
  output.log        what the job printed
  home/  tmp/       HOME and TMPDIR
  ml/               what /opt/ml is in a container
    code/           the user's code
    config/         processing: processingjobconfig.json, resourceconfig.json
    input/config/   training: hyperparameters.json, inputdataconfig.json, resourceconfig.json
    input/data/     training: one directory a channel
    model/          training: what becomes model.tar.gz
    output/data/    training: what becomes output.tar.gz
    processing/     processing: inputs and outputs
```
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

_CONTAINER_BASE = re.compile(r"(?<![\w.-])/opt/ml(?![\w.-])")
_NEEDS_QUOTES = re.compile(r"[^\w@%+=:,./-]")


@dataclass(frozen=True)
class JobDirectory:
    """The paths of one job.

    Attributes:
        root: The job's directory.
        base: What `/opt/ml` stands for in it, without characters that a shell would read.
    """

    root: Path
    base: Path

    @classmethod
    def make(cls, root: Path) -> JobDirectory:
        """Make an empty directory for a job; what an earlier job of that name left is removed."""
        shutil.rmtree(root, ignore_errors=True)
        (root / "home").mkdir(parents=True)
        (root / "tmp").mkdir()
        for name in ("code", "config", "input/config", "input/data", "model", "output/data", "processing"):
            (root / "ml" / name).mkdir(parents=True)
        return cls(root, _plain(root / "ml"))

    @classmethod
    def existing(cls, root: Path) -> JobDirectory:
        """Return a directory that was made before."""
        return cls(root, _plain(root / "ml"))

    @property
    def log(self) -> Path:
        """What the job prints."""
        return self.root / "output.log"

    @property
    def home(self) -> Path:
        """The job's HOME."""
        return self.root / "home"

    @property
    def temporary(self) -> Path:
        """The job's TMPDIR."""
        return self.root / "tmp"

    def localised(self, text: str) -> str:
        """Return a text with `/opt/ml` replaced by this job's own directory, wherever it starts a path."""
        return _CONTAINER_BASE.sub(lambda _match: str(self.base), text)

    def note(self, text: str) -> None:
        """Add a line to what the job printed."""
        with self.log.open("a", encoding="utf-8") as log:
            log.write(text + "\n")

    def remove(self) -> None:
        """Remove the directory and what stands for it."""
        shutil.rmtree(self.root, ignore_errors=True)
        if not self.base.is_relative_to(self.root):
            self.base.unlink(missing_ok=True)


def _plain(path: Path) -> Path:
    # Entry points are shell commands that hold /opt/ml without quotes; a space in the home's name would break them.
    if not _NEEDS_QUOTES.search(str(path)):
        return path
    digest = hashlib.sha256(str(path).encode()).hexdigest()[:16]
    folder = Path(tempfile.gettempdir()) / f"mlstack-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.is_symlink() or folder.stat().st_uid != os.getuid():
        raise PermissionError(f"{folder} belongs to somebody else.")
    link = folder / digest
    link.unlink(missing_ok=True)
    link.symlink_to(path)
    return link
