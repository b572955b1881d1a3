"""The model server: the user's serving script behind SageMaker's container contract, `/ping` and `/invocations`.

It runs in the model's own environment, with the standard library and what the environment holds. The script may define

| function | default |
| --- | --- |
| `model_fn(model_dir)` | none: a model is loaded by its own code only, never unpickled here |
| `input_fn(body, content_type)` | JSON as a NumPy array (a list without NumPy), CSV as numbers, NPY |
| `predict_fn(data, model)` | `model.predict(data)` |
| `output_fn(prediction, accept)` | JSON, CSV or NPY |
| `transform_fn(model, body, content_type, accept)` | the three above |

as the SageMaker inference toolkit has them: texts arrive decoded, and an output may be a body or a body with its
content type. One call is served at a time, because models need not be safe between threads.

Environment: SAGEMAKER_BASE_DIR, SAGEMAKER_SUBMIT_DIRECTORY, SAGEMAKER_PROGRAM, MLSTACK_SERVE_ADDRESS (the file that
tells port and token once the model is loaded) and MLSTACK_SERVE_TOKEN, which every call must carry: other users of the
machine can connect, but not call.
"""

import hmac
import importlib
import importlib.util
import json
import os
import socket
import sys
import threading
import traceback
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

_TEXTS = ("application/json", "text/csv", "text/plain", "application/jsonlines")
_TOKEN_HEADER = "X-Mlstack-Token"  # noqa: S105 - the header's name
_MOST_BYTES = 1 << 30  # What an asynchronous call may have; others are refused before they get here.


class UnsupportedFormatError(Exception):
    """A content type that neither the script nor the defaults know."""


def _numpy() -> Any:
    try:
        return importlib.import_module("numpy")
    except ImportError:
        return None


def default_input_fn(body: Any, content_type: str) -> Any:
    """Return the data in a body: JSON, CSV of numbers, or NPY."""
    numpy = _numpy()
    if content_type == "application/json":
        data = json.loads(body)
        return data if numpy is None else numpy.array(data)
    if content_type == "text/csv":
        rows = [[float(cell) for cell in line.split(",")] for line in body.splitlines() if line.strip()]
        return rows if numpy is None else numpy.array(rows)
    if content_type == "application/x-npy" and numpy is not None:
        import io

        return numpy.load(io.BytesIO(body), allow_pickle=False)
    raise UnsupportedFormatError(f"The content type {content_type} is not supported.")


def default_predict_fn(data: Any, model: Any) -> Any:
    """Return what the model predicts."""
    return model.predict(data)


def default_output_fn(prediction: Any, accept: str) -> str | bytes:
    """Return a prediction as JSON, CSV or NPY."""
    plain = prediction.tolist() if hasattr(prediction, "tolist") else prediction
    if accept == "application/json":
        return json.dumps(plain)
    if accept == "text/csv":
        rows = plain if isinstance(plain, list) else [plain]
        return "".join(",".join(map(str, row if isinstance(row, list) else [row])) + "\n" for row in rows)
    numpy = _numpy()
    if accept == "application/x-npy" and numpy is not None:
        import io

        buffer = io.BytesIO()
        numpy.save(buffer, numpy.asarray(prediction), allow_pickle=False)
        content: bytes = buffer.getvalue()
        return content
    raise UnsupportedFormatError(f"The accept type {accept} is not supported.")


class Model:
    """The user's script and the model that it loaded."""

    def __init__(self, script: Path, model_directory: Path) -> None:
        sys.path.insert(0, str(script.parent))
        specification = importlib.util.spec_from_file_location("serving_script", script)
        if specification is None or specification.loader is None:
            raise ImportError(f"{script.name} is not a Python script.")
        module = importlib.util.module_from_spec(specification)
        sys.modules["serving_script"] = module
        specification.loader.exec_module(module)
        load = getattr(module, "model_fn", None)
        if load is None:
            raise NotImplementedError(f"{script.name} has no model_fn(model_dir).")
        self._transform = getattr(module, "transform_fn", None)
        self._input = getattr(module, "input_fn", default_input_fn)
        self._predict = getattr(module, "predict_fn", default_predict_fn)
        self._output = getattr(module, "output_fn", default_output_fn)
        self._model = load(str(model_directory))
        self._lock = threading.Lock()

    def answer(self, body: bytes, content_type: str, accept: str) -> tuple[bytes, str]:
        """Return body and content type of the answer to a call."""
        kind = content_type.partition(";")[0].strip().lower()
        given = body.decode("utf-8") if kind in _TEXTS else body
        with self._lock:
            if self._transform is not None:
                result = self._transform(self._model, given, content_type, accept)
            else:
                prediction = self._predict(self._input(given, kind), self._model)
                result = self._output(prediction, accept)
        if isinstance(result, tuple):
            result, accept = result
        content = result.encode("utf-8") if isinstance(result, str) else bytes(result)
        return content, accept


class Handler(BaseHTTPRequestHandler):
    """Answers `/ping` and `/invocations` on connections that stay open."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1  # Headers and body leave in one packet.
    disable_nagle_algorithm = True
    model: Model
    token: str

    def do_GET(self) -> None:
        """Answer `/ping`: the server listens only once the model is loaded."""
        self._send(200 if self.path == "/ping" else 404, b"", "text/plain")

    def do_POST(self) -> None:
        """Answer `/invocations`."""
        length = int(self.headers.get("Content-Length") or 0)
        if length > _MOST_BYTES:
            self.close_connection = True
            self._send(413, b"The request is too large.", "text/plain")
            return
        body = self.rfile.read(length)
        if not hmac.compare_digest(self.headers.get(_TOKEN_HEADER, ""), self.token):
            self._send(403, b"The request does not carry the server's token.", "text/plain")
        elif self.path != "/invocations":
            self._send(404, b"", "text/plain")
        else:
            self._invoke(body)

    def log_message(self, *_arguments: object) -> None:
        """Log nothing for a call that went well: the log belongs to the user's script."""

    def _invoke(self, body: bytes) -> None:
        content_type = self.headers.get("Content-Type") or "application/json"
        accept = self.headers.get("Accept") or ""
        if accept in {"", "*/*"}:
            accept = os.environ.get("SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT", "application/json")
        try:
            content, kind = self.model.answer(body, content_type, accept)
        except UnsupportedFormatError as error:
            self._send(415, str(error).encode(), "text/plain")
        except Exception as error:
            traceback.print_exc()
            self._send(500, f"{type(error).__name__}: {error}".encode(), "text/plain")
        else:
            self._send(200, content, kind)

    def _send(self, status: int, content: bytes, content_type: str) -> None:
        self.send_response_only(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
        self.wfile.flush()


class Server(ThreadingHTTPServer):
    """One thread a connection; connections are few, because the gateway keeps them open."""

    daemon_threads = True
    request_queue_size = 128
    address_family = socket.AF_INET


def main() -> None:
    """Load the model, listen, and say where."""
    base = Path(os.environ["SAGEMAKER_BASE_DIR"])
    code = Path(os.environ.get("SAGEMAKER_SUBMIT_DIRECTORY") or base / "model" / "code")
    script = code / (os.environ.get("SAGEMAKER_PROGRAM") or "inference.py")
    Handler.token = os.environ.pop("MLSTACK_SERVE_TOKEN")
    address = Path(os.environ.pop("MLSTACK_SERVE_ADDRESS"))
    if not script.is_file():
        sys.exit(f"The serving script {script} is not in the model.")
    Handler.model = Model(script, base / "model")
    server = Server(("127.0.0.1", 0), Handler)
    temporary = address.with_suffix(".new")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump({"port": server.server_address[1], "token": Handler.token}, file)
    temporary.replace(address)
    server.serve_forever()


if __name__ == "__main__":
    main()
