"""What is installed where there is no package index: files, and a manifest that names each with its SHA-256.

```
manifest.json      {"version": 1, "mlstack": "0.1.0", "python": "3.12", "platform": "linux/x86_64",
                    "files": [{"file", "kind", "name", "version", "sha256", "size", "platform"}]}
install.sh         installs the rest, from this folder alone
requirements.txt   each wheel with its hash
constraints.txt    each wheel with its version
SHA256SUMS         of all of these but the manifest
*.whl              mlstack and all that it needs
pulumi-*.tar.gz    the engine
```

A set is named by the SHA-256 of its manifest, so the name tells every byte in it.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path

from packaging.utils import canonicalize_name, parse_wheel_filename

MANIFEST = "manifest.json"
_VERSION = 1
_CHUNK = 1 << 20


@dataclass(frozen=True)
class PackageFile:
    """A file of a set.

    Attributes:
        file: Its name.
        kind: `wheel`, `engine`, `requirements`, `constraints`, `checksums` or `script`.
        name: The name of what is in it, such as `pulumi-aws`.
        version: The version of that; empty for lists and scripts.
        sha256: Its SHA-256, in hexadecimal.
        size: Its bytes.
        platform: The tag of a wheel's name after the version, such as `py3-none-any`, or the engine's platform.
    """

    file: str
    kind: str
    name: str
    version: str
    sha256: str
    size: int
    platform: str

    @classmethod
    def of_wheel(cls, path: Path) -> PackageFile:
        """A wheel.

        Args:
            path: The file.

        Raises:
            ValueError: Its name is not one of a wheel.
        """
        name, version, _, _ = parse_wheel_filename(path.name)
        tags = "-".join(path.name.removesuffix(".whl").split("-")[-3:])
        return cls.of(path, "wheel", canonicalize_name(name), str(version), tags)

    @classmethod
    def of(cls, path: Path, kind: str, name: str, version: str = "", platform: str = "any") -> PackageFile:
        """A file of any kind.

        Args:
            path: The file.
            kind: Its kind.
            name: The name of what is in it.
            version: The version of that.
            platform: What it runs on.
        """
        return cls(path.name, kind, name, version, file_sha256(path), path.stat().st_size, platform)


@dataclass(frozen=True)
class PackageSet:
    """A folder of files that belong together.

    Attributes:
        folder: Where they are.
        mlstack: The version of mlstack in it.
        python: The version of Python that it is for, such as `3.12`.
        platform: The platform that it is for, such as `linux/x86_64`.
        files: The files but the manifest, by name.
    """

    folder: Path
    mlstack: str
    python: str
    platform: str
    files: tuple[PackageFile, ...]

    @property
    def manifest(self) -> str:
        """The manifest, the same text for the same files."""
        head = {"version": _VERSION, "mlstack": self.mlstack, "python": self.python, "platform": self.platform}
        return json.dumps({**head, "files": [asdict(each) for each in self.files]}, indent=1, sort_keys=True) + "\n"

    @property
    def sha256(self) -> str:
        """The name of the set."""
        return hashlib.sha256(self.manifest.encode()).hexdigest()


def file_sha256(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal.

    Args:
        path: The file; it is read in pieces.
    """
    digest = hashlib.sha256()
    with path.open("rb") as reader:
        while piece := reader.read(_CHUNK):
            digest.update(piece)
    return digest.hexdigest()


def complete(folder: Path, mlstack: str, python: str, platform: str, engine: PackageFile) -> PackageSet:
    """Writes lists and script beside the wheels and the engine of a folder.

    Args:
        folder: The folder; it holds the wheels and the engine.
        mlstack: The version of mlstack.
        python: The version of Python.
        platform: The platform.
        engine: The engine's archive, in the folder.
    """
    wheels = sorted((PackageFile.of_wheel(path) for path in folder.glob("*.whl")), key=lambda each: each.file)
    lists = {
        "requirements.txt": (
            "requirements",
            [f"{each.name}=={each.version} --hash=sha256:{each.sha256}" for each in wheels],
        ),
        "constraints.txt": ("constraints", [f"{each.name}=={each.version}" for each in wheels]),
    }
    files = [*wheels, engine]
    for name, (kind, lines) in lists.items():
        files.append(_written(folder / name, kind, "".join(f"{line}\n" for line in lines)))
    files.append(_written(folder / "install.sh", "script", _script()))
    sums = "".join(f"{each.sha256}  {each.file}\n" for each in sorted(files, key=lambda each: each.file))
    files.append(_written(folder / "SHA256SUMS", "checksums", sums))
    return PackageSet(folder, mlstack, python, platform, tuple(sorted(files, key=lambda each: each.file)))


def _written(path: Path, kind: str, text: str) -> PackageFile:
    path.write_text(text, encoding="utf-8")
    return PackageFile.of(path, kind, path.name)


def _script() -> str:
    return Path(__file__).with_name("install.sh").read_text(encoding="utf-8")
