"""A Pulumi program on disk: which file it is, its project's name and the configuration of one stack.

```
<infra>/Pulumi.yaml           name, runtime, main
<infra>/Pulumi.<stack>.yaml   config
<infra>/__main__.py           the program, unless `main` names another
```
"""

from __future__ import annotations

import json
import traceback
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

import yaml
from mlstack_components.errors import MlstackError, UserError

if TYPE_CHECKING:
    from pathlib import Path

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class ProgramError(MlstackError):
    """The Pulumi program itself fails."""

    code = "program"

    @classmethod
    def of(cls, error: BaseException, program: Program) -> ProgramError:
        """The failure of a program, with the part of the traceback that is the program's own.

        Args:
            error: What the program raised.
            program: The program.
        """
        frames = traceback.extract_tb(error.__traceback__)
        own = [index for index, frame in enumerate(frames) if frame.filename.startswith(str(program.folder))]
        shown = frames[own[0] :] if own else frames
        lines = "".join([*traceback.format_list(shown), *traceback.format_exception_only(error)]).rstrip()
        last = frames[own[-1]] if own else None
        place = f"{PurePath(last.filename).name}:{last.lineno}" if last else program.main.name
        return cls(f"The Pulumi program fails at {place}:\n{lines}", next_step="Correct the program.")


@dataclass(frozen=True)
class Program:
    """A Pulumi program and the configuration of one of its stacks.

    Attributes:
        folder: The folder of Pulumi.yaml.
        main: The file that is run.
        name: The Pulumi project's name.
        configuration: The stack's configuration by full key, each value as Pulumi passes it: text, or JSON.
    """

    folder: Path
    main: Path
    name: str
    configuration: dict[str, str]

    @classmethod
    def read(cls, folder: Path, stack: str) -> Program:
        """Reads the files that the engine reads.

        Args:
            folder: The folder of Pulumi.yaml.
            stack: The stack's name.

        Returns:
            The program; a stack without a file has no configuration.

        Raises:
            UserError: A file is missing or not valid.
        """
        project = _mapping(folder / "Pulumi.yaml")
        if not isinstance(project.get("name"), str):
            raise UserError(f"{folder / 'Pulumi.yaml'} has no name.", next_step="Add `name: my-project`.")
        main = (folder / str(project.get("main") or ".")).resolve()
        main = main / "__main__.py" if main.is_dir() else main
        if not main.is_file():
            raise UserError(f"{main} is missing.", next_step="Restore it from version control.")
        file = folder / f"Pulumi.{stack}.yaml"
        settings = _mapping(file).get("config") if file.exists() else None
        name = project["name"]
        return cls(folder.resolve(), main, name, _configuration(settings or {}, name))


def _mapping(file: Path) -> dict[str, Any]:
    try:
        content = yaml.load(file.read_text(encoding="utf-8"), Loader=_LOADER)  # noqa: S506 - a safe loader, the quicker one
    except FileNotFoundError:
        raise UserError(f"{file} is missing.", next_step="Restore it from version control.") from None
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise UserError(f"{file} can't be read: {error}") from None
    if not isinstance(content, dict):
        raise UserError(f"{file} holds no keys.", next_step="Restore it from version control.")
    return content


def _configuration(settings: Any, project: str) -> dict[str, str]:
    """The configuration as the engine passes it on; an encrypted value stays encrypted."""
    if not isinstance(settings, dict):
        return {}
    return {_full_key(str(key), project): _passed(value) for key, value in settings.items()}


def _full_key(key: str, project: str) -> str:
    return key if ":" in key else f"{project}:{key}"


def _passed(value: Any) -> str:
    if isinstance(value, dict) and set(value) == {"secure"}:
        return "<secret>"
    return value if isinstance(value, str) else json.dumps(value)
