"""A Pulumi provider whose things fail, take their time, or vanish as a test says."""

# ruff: noqa: N802 - the methods of the service have the names that the engine calls

from __future__ import annotations

import secrets
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Self

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc


class FaultyProvider(provider_pb2_grpc.ResourceProviderServicer):
    """Keeps `faulty:index:Thing` in a dictionary.

    Attributes:
        things: What exists, by id.
        creations: How many creations were asked for.
        fails_at: Which creation fails, from 1; None for none.
        seconds: How long a creation takes.
        creating: Set as soon as a creation has begun.
    """

    def __init__(self) -> None:
        self.things: dict[str, dict[str, Any]] = {}
        self.creations = 0
        self.fails_at: int | None = None
        self.seconds = 0.0
        self.creating = threading.Event()
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        self._server = grpc.server(ThreadPoolExecutor(max_workers=16))
        provider_pb2_grpc.add_ResourceProviderServicer_to_server(self, self._server)
        self.port = self._server.add_insecure_port("127.0.0.1:0")
        self._server.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._server.stop(None).wait()

    def Attach(self, request: Any, context: Any) -> Any:
        return empty_pb2.Empty()

    def Handshake(self, request: Any, context: Any) -> Any:
        return provider_pb2.ProviderHandshakeResponse(accept_secrets=True, accept_outputs=True)

    def GetPluginInfo(self, request: Any, context: Any) -> Any:
        return plugin_pb2.PluginInfo(version="1.0.0")

    def CheckConfig(self, request: Any, context: Any) -> Any:
        return provider_pb2.CheckResponse(inputs=request.news)

    def DiffConfig(self, request: Any, context: Any) -> Any:
        return provider_pb2.DiffResponse(changes=provider_pb2.DiffResponse.DIFF_NONE)

    def Configure(self, request: Any, context: Any) -> Any:
        return provider_pb2.ConfigureResponse(acceptSecrets=True, supportsPreview=True)

    def Check(self, request: Any, context: Any) -> Any:
        inputs = dict(request.news)
        # As real providers name what the program does not: once, and kept.
        inputs["name"] = dict(request.olds).get("name") or f"{request.name}-{secrets.token_hex(4)}"
        answer = provider_pb2.CheckResponse()
        answer.inputs.update(inputs)
        return answer

    def Diff(self, request: Any, context: Any) -> Any:
        same = dict(request.olds)["size"] == dict(request.news)["size"]
        kinds = provider_pb2.DiffResponse
        return kinds(changes=kinds.DIFF_NONE if same else kinds.DIFF_SOME, diffs=[] if same else ["size"])

    def Create(self, request: Any, context: Any) -> Any:
        if request.preview:
            return provider_pb2.CreateResponse(properties=request.properties)
        with self._lock:
            self.creations += 1
            number = self.creations
        self.creating.set()
        time.sleep(self.seconds)
        if number == self.fails_at:
            context.abort(grpc.StatusCode.UNKNOWN, f"quota of things exceeded: {number}")
        identity = dict(request.properties)["name"]
        self.things[identity] = {**dict(request.properties), "name": request.name}
        return provider_pb2.CreateResponse(id=identity, properties=request.properties)

    def Read(self, request: Any, context: Any) -> Any:
        if request.id not in self.things:
            return provider_pb2.ReadResponse()
        known = {**self.things[request.id], "name": request.id}
        answer = provider_pb2.ReadResponse(id=request.id)
        answer.properties.update(known)
        answer.inputs.update(known)
        return answer

    def Update(self, request: Any, context: Any) -> Any:
        return provider_pb2.UpdateResponse(properties=request.news)

    def Delete(self, request: Any, context: Any) -> Any:
        self.things.pop(request.id, None)
        return empty_pb2.Empty()

    def Cancel(self, request: Any, context: Any) -> Any:
        return empty_pb2.Empty()
