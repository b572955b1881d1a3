"""The language host that the engine starts to run Python programs, for engines that come without the official one.

Stages: listen on a free port of 127.0.0.1 and print it, which is how the engine learns of it; answer the engine's
questions; `Run` a program in this process, as the Automation API runs an inline one. The engine starts a host of its
own for each preview and each update. It must not print anything before the port, and must not outlive the engine.

The official host runs the program in an interpreter of its own; this one saves that start, and so takes the program's
interpreter to be its own: the `virtualenv` option of Pulumi.yaml is refused rather than ignored.

Run as `python -m mlstack.engine.language_host [ENGINE_ADDRESS]`.
"""

from __future__ import annotations

import atexit
import os
import runpy
import signal
import sys
import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import distributions
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import grpc
import pulumi
from mlstack_components.errors import MlstackError
from pulumi.automation._server import LanguageServer
from pulumi.runtime.proto import language_pb2, language_pb2_grpc, plugin_pb2

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

# The engine's own limit for one message, 400 MB (pulumi sdk/go/common/util/rpcutil: GrpcChannelOptions).
_MESSAGE_BYTES = 400 * 1024 * 1024
_SECONDS_BETWEEN_LOOKS_AT_PARENT = 0.5


class LanguageHost(LanguageServer):
    """Answers the engine's questions on Python programs, and runs them."""

    def __init__(self, engine_address: str) -> None:
        super().__init__(lambda: None)
        self.runs = 0
        self._engine_address = engine_address

    def Handshake(self, request: Any, context: Any) -> Any:  # noqa: ARG002, N802 - the service's own signature
        """Takes the engine's address, to which the program's log goes."""
        self._engine_address = request.engine_address or self._engine_address
        return language_pb2.LanguageHandshakeResponse()

    def GetPluginInfo(self, request: Any, context: Any) -> Any:  # noqa: ARG002, N802
        """The host's version is that of the Pulumi SDK it serves."""
        from importlib.metadata import version

        return plugin_pb2.PluginInfo(version=version("pulumi"))

    def InstallDependencies(self, request: Any, context: Any) -> Iterator[Any]:  # noqa: ARG002, N802
        """`pulumi install`: the program's packages are those of this interpreter, so there is nothing to do."""
        yield language_pb2.InstallDependenciesResponse(stdout=f"Using the packages of {sys.executable}\n".encode())

    def RuntimeOptionsPrompts(self, request: Any, context: Any) -> Any:  # noqa: ARG002, N802
        """`pulumi new` has no options to ask for."""
        return language_pb2.RuntimeOptionsResponse()

    def GetProgramDependencies(self, request: Any, context: Any) -> Any:  # noqa: ARG002, N802
        """`pulumi about`: what is installed for this interpreter."""
        found = {each.metadata["Name"]: each.version for each in distributions()}
        return language_pb2.GetProgramDependenciesResponse(
            dependencies=[language_pb2.DependencyInfo(name=name, version=found[name]) for name in sorted(found)]
        )

    def Run(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Runs a program under the engine's resource monitor, and says whether it failed."""
        options = dict(request.info.options)
        if options.get("virtualenv"):
            return language_pb2.RunResponse(error=_refuse_virtualenv(options["virtualenv"]))
        directory = Path(request.info.program_directory or request.pwd)
        self.program = _program(directory, request.info.entry_point or ".")
        # What runs an inline program looks for the engine's address here.
        request.args[:] = [self._engine_address]
        self.runs += 1
        try:
            response = super().Run(request, context)  # type: ignore[no-untyped-call]
            if response.error:
                # It was logged to the engine already, which would say it a second time.
                response.error, response.bail = "", True
            return response
        finally:
            self.runs -= 1


def _refuse_virtualenv(virtualenv: object) -> str:
    return (
        f"Pulumi.yaml asks for the virtualenv {virtualenv!r}, and mlstack's language host runs programs in "
        f"{sys.executable} only. Remove `virtualenv` from `runtime.options`, or install Pulumi's own language host "
        "(https://www.pulumi.com/docs/install/)."
    )


def _program(directory: Path, entry_point: str) -> Callable[[], None]:
    """A program as the SDK wants it: a function that registers resources."""

    def run_program() -> None:
        os.chdir(directory)
        path = directory / entry_point
        if path.is_file():
            # As `python file.py` does; for a directory runpy does so itself.
            sys.path.insert(0, str(path.parent))
        sys.argv = [str(path)]
        try:
            runpy.run_path(str(path), run_name="__main__")
        except pulumi.RunError:
            raise
        except MlstackError as error:
            raise pulumi.RunError(str(error)) from error
        except (Exception, SystemExit) as error:
            if isinstance(error, SystemExit) and error.code in {None, 0}:
                return
            raise pulumi.RunError(_explain(error, directory)) from error

    return run_program


def _explain(error: BaseException, directory: Path) -> str:
    """The traceback from the program on; what runs the program is of no interest to its author."""
    frames = traceback.extract_tb(error.__traceback__)
    of_program = next((at for at, frame in enumerate(frames) if Path(frame.filename).is_relative_to(directory)), 0)
    shown = traceback.StackSummary.from_list(frames[of_program:])
    lines = ["Traceback (most recent call last):\n", *shown.format(), *traceback.format_exception_only(error)]
    return "Program failed with an unhandled exception:\n" + "".join(lines)


def _end_when_told(host: LanguageHost) -> None:
    """The engine ends a host with SIGINT, and kills it a second later.

    A program that runs is left alone: on Ctrl-C the engine finishes what is in flight, and tells the program itself.
    """

    def interrupted(number: int, frame: FrameType | None) -> None:  # noqa: ARG001
        if not host.runs:
            _leave(0)

    signal.signal(signal.SIGINT, interrupted)


def serve() -> None:
    """Serves until the engine ends it or is gone."""
    host = LanguageHost(next(iter(sys.argv[1:]), ""))
    _end_when_told(host)
    engine = os.getppid()
    options = [("grpc.max_receive_message_length", _MESSAGE_BYTES), ("grpc.max_send_message_length", _MESSAGE_BYTES)]
    server = grpc.server(ThreadPoolExecutor(max_workers=4), options=options)
    language_pb2_grpc.add_LanguageRuntimeServicer_to_server(host, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    while os.getppid() == engine:
        time.sleep(_SECONDS_BETWEEN_LOOKS_AT_PARENT)
    _leave(1)


def _leave(exit_code: int) -> NoReturn:
    """Ends at once, whatever threads still run, but removes the temporary files of programs."""
    atexit._run_exitfuncs()
    os._exit(exit_code)


if __name__ == "__main__":
    serve()
