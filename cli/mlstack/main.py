"""The entry of the command line: registration, global options, and what happens to errors.

Stages: read the global options; find the command in the registration table; import its module; run it; turn what it
raises into an exit code. No module of a command is imported before it is asked for, so `mlstack --help` costs what a
typer program of three lines costs. The downside: a command's one line of help
stands twice, in the table and in its module.

Exit codes: those of `mlstack_components.errors`, 70 for a bug of mlstack (sysexits.h: EX_SOFTWARE) and 130 when
interrupted (128 + SIGINT, as shells report it).
"""

from __future__ import annotations

import os
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer
from mlstack_components.errors import MlstackError, SpecError
from typer.core import TyperCommand, TyperGroup

from mlstack.registration import COMMANDS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mlstack.registration import Registration

EXIT_BUG = 70
EXIT_INTERRUPTED = 130

# What the base installation leaves out (pyproject.toml, optional-dependencies).
_EXTRAS = {"boto3", "botocore", "cheroot", "grpc", "moto", "psutil", "pulumi", "pulumi_aws", "werkzeug"}


class _InterruptedError(MlstackError):
    """Ctrl-C in a command; typer would swallow KeyboardInterrupt without a word."""

    code = "interrupted"
    exit_code = EXIT_INTERRUPTED


class _Bug(MlstackError):  # noqa: N818 - that is what it is called
    """Anything that was not raised on purpose."""

    code = "bug"
    exit_code = EXIT_BUG


class _LazyCommand(TyperCommand):
    """A line in the list of commands, whose body is imported when it is asked for."""

    def __init__(self, registration: Registration, markup: Any) -> None:
        super().__init__(registration.name, help=registration.summary, rich_markup_mode=markup)
        self.rich_help_panel = registration.panel
        self._registration = registration
        self._markup = markup

    def load(self) -> Any:
        """The command itself."""
        from importlib import import_module

        module = import_module(self._registration.module)
        app = typer.Typer(add_completion=False, rich_markup_mode=self._markup, context_settings=_CONTEXT)
        app.command(self._registration.name, help=_help(module.command), epilog=_epilog(module))(
            _interruptible(module.command)
        )
        return typer.main.get_command(app)


class _LazyGroup(TyperGroup):
    """A group that lists its commands without importing them."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Finds a command and, only now, imports it."""
        name, command, rest = super().resolve_command(ctx, args)
        return name, command.load() if isinstance(command, _LazyCommand) else command, rest


_CONTEXT = {"help_option_names": ["-h", "--help"]}


def _help(command: Callable[..., object]) -> str:
    """The docstring as far as it speaks to the user: the sections for readers of the code are left out."""
    from inspect import cleandoc

    text = cleandoc(command.__doc__ or "")
    for section in ("Args:", "Returns:", "Raises:"):
        text = text.split(f"\n{section}\n", 1)[0]
    return text.strip()


def _epilog(module: Any) -> str | None:
    examples: Sequence[str] = getattr(module, "EXAMPLES", ())
    if not examples:
        return None
    return "\n\n".join(["Example:" if len(examples) == 1 else "Examples:", *examples])


def _interruptible(command: Callable[..., object]) -> Callable[..., object]:
    from functools import wraps

    @wraps(command)
    def run_command(*args: Any, **options: Any) -> object:
        try:
            return command(*args, **options)
        except KeyboardInterrupt as interrupt:
            raise _InterruptedError("Interrupted.", next_step="Run the same command again to go on.") from interrupt

    return run_command


def _print_version(value: bool) -> None:
    if value:
        from mlstack import __version__

        typer.echo(f"mlstack {__version__}")
        raise typer.Exit


def _root(
    version: Annotated[
        bool, typer.Option("--version", help="Show the version.", callback=_print_version, is_eager=True)
    ] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
) -> None:
    """Generate, provision and run the infrastructure around machine-learning code."""


def build() -> Any:
    """The whole command tree, with no command imported.

    Returns:
        A typer group, callable with a list of arguments.
    """
    # Outside a terminal help is plain, and rich, which is half of the start-up, is not imported.
    markup: Any = "rich" if sys.stdout.isatty() else None
    app = typer.Typer(cls=_LazyGroup, rich_markup_mode=markup, no_args_is_help=True, context_settings=_CONTEXT)
    app.callback(epilog="Example:\n\nmlstack init realtime weather --yes")(_root)
    root: Any = typer.main.get_command(app)
    for registration in COMMANDS:
        root.add_command(_command(registration, markup))
    return root


def _command(registration: Registration, markup: Any) -> Any:
    if not registration.commands:
        return _LazyCommand(registration, markup)
    example = f"Example:\n\nmlstack {registration.name} {registration.commands[0].name} --help"
    group = _LazyGroup(
        name=registration.name,
        help=registration.summary,
        epilog=example,
        rich_markup_mode=markup,
        no_args_is_help=True,
        context_settings=_CONTEXT,
    )
    group.rich_help_panel = registration.panel
    for member in registration.commands:
        group.add_command(_LazyCommand(member, markup))
    return group


def run(arguments: Sequence[str] | None = None) -> NoReturn:
    """Runs the command line and exits.

    Args:
        arguments: The arguments without the program's name; those of the process by default.

    Raises:
        SystemExit: Always, with one of the exit codes above.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    own = given[: given.index("--")] if "--" in given else given
    debug = "--debug" in own or bool(os.environ.get("MLSTACK_DEBUG"))
    rest = [*(argument for argument in own if argument != "--debug"), *given[len(own) :]]
    try:
        build()(rest, prog_name="mlstack")
    except Exception as error:
        sys.exit(_report(error, as_json="--json" in own, debug=debug))
    sys.exit(0)


def _report(raised: Exception, *, as_json: bool, debug: bool) -> int:
    """Says what went wrong, and returns the exit code."""
    if debug:
        import traceback

        traceback.print_exception(raised)
    error = _as_expected(raised) or _bug(raised)
    if as_json:
        _print_error_json(error)
    sys.stderr.write(f"{'' if isinstance(error, _InterruptedError) else 'Error: '}{error.message}\n")
    if error.next_step is not None:
        sys.stderr.write(f"{error.next_step}\n")
    diagnostics = getattr(error, "diagnostics", "")
    if diagnostics:
        sys.stderr.write(f"\n{diagnostics}\n")
    return error.exit_code


def _as_expected(raised: Exception) -> MlstackError | None:
    """The error where it is one that is raised on purpose; None for a bug."""
    if isinstance(raised, MlstackError):
        return raised
    if isinstance(raised, ModuleNotFoundError) and (raised.name or "").split(".")[0] in _EXTRAS:
        return MlstackError(
            f"This needs {raised.name}, which is not installed.", next_step="Run `pip install 'mlstack[local]'`."
        )
    local_cloud = sys.modules.get("mlstack_localcloud.errors")
    if local_cloud is not None and isinstance(raised, local_cloud.LocalCloudError):
        # The local cloud imports nothing of the command line, and so has an error tree of its own.
        error = MlstackError(raised.message, next_step=raised.next_step)
        error.code, error.exit_code = raised.code, raised.exit_code
        return error
    return None


def _bug(raised: Exception) -> _Bug:
    first_line = str(raised).partition("\n")[0]
    return _Bug(
        f"This is a bug of mlstack: {type(raised).__name__}: {first_line}",
        next_step="Run it again with --debug, and report the traceback.",
    )


def _print_error_json(error: MlstackError) -> None:
    import json

    document: dict[str, Any] = {"code": error.code, "message": error.message, "next_step": error.next_step}
    if isinstance(error, SpecError):
        document["problems"] = [asdict(problem) for problem in error.problems]
    diagnostics = getattr(error, "diagnostics", "")
    if diagnostics:
        document["diagnostics"] = diagnostics
    sys.stdout.write(json.dumps({"error": document}, indent=2, default=str) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    run()
