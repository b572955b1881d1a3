"""The provider on Pulumi's wire: the gRPC service `pulumirpc.ResourceProvider`."""

# The names and parameters of the methods are the protocol's.
# ruff: noqa: N802, ARG002

from __future__ import annotations

import logging
from functools import wraps
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import grpc
from google.protobuf.empty_pb2 import Empty
from google.rpc.status_pb2 import Status
from pulumi.runtime.proto import plugin_pb2, provider_pb2
from pulumi.runtime.proto.provider_pb2_grpc import ResourceProviderServicer

from mlstack_localcloud.provider.configuration import configuration_from
from mlstack_localcloud.provider.errors import ConfigurationRefusedError, HalfCreatedError, ProviderError
from mlstack_localcloud.provider.naming import Proposal
from mlstack_localcloud.provider.sessions import Session, Sessions
from mlstack_localcloud.provider.values import Properties, decode, encode

if TYPE_CHECKING:
    from collections.abc import Callable

    from mlstack_localcloud.provider.difference import Change
    from mlstack_localcloud.provider.lifecycle import Lifecycle
    from mlstack_localcloud.provider.service import ProviderService
    from mlstack_localcloud.provider.shapes import Problem

__all__ = ["VERSION", "Servicer"]

VERSION = "7.51.1"
"""The version of the official provider whose tokens and properties these are."""

_LOG = logging.getLogger(__name__)
_SECRET_COPIES = {"tags": "tagsAll"}
"""Outputs that repeat an input, and are as secret as it is."""

_KINDS = {
    ("add", False): provider_pb2.PropertyDiff.ADD,
    ("add", True): provider_pb2.PropertyDiff.ADD_REPLACE,
    ("delete", False): provider_pb2.PropertyDiff.DELETE,
    ("delete", True): provider_pb2.PropertyDiff.DELETE_REPLACE,
    ("update", False): provider_pb2.PropertyDiff.UPDATE,
    ("update", True): provider_pb2.PropertyDiff.UPDATE_REPLACE,
}

_R = TypeVar("_R")
_Request = TypeVar("_Request")


def _guarded(
    method: Callable[[Servicer, _Request, grpc.ServicerContext], _R],
) -> Callable[[Servicer, _Request, grpc.ServicerContext], _R]:
    """Answer an error as Pulumi wants it: one message, and a bug with its traceback in the daemon's log only."""

    @wraps(method)
    def guarded(self: Servicer, request: _Request, context: grpc.ServicerContext) -> _R:
        try:
            return method(self, request, context)
        except HalfCreatedError as error:
            _abort_half_created(context, error)
        except ConfigurationRefusedError as error:
            context.abort(grpc.StatusCode.FAILED_PRECONDITION, str(error))
        except ProviderError as error:
            context.abort(grpc.StatusCode.UNKNOWN, _named(request, error))
        except Exception as error:
            if not context.code():  # type: ignore[attr-defined]
                _LOG.exception("The provider failed at %s", method.__name__)
                context.abort(
                    grpc.StatusCode.INTERNAL,
                    f"The local cloud's provider has a bug ({type(error).__name__}: {error}); see its daemon.log.",
                )
            raise
        raise AssertionError

    return guarded


def _named(request: Any, error: ProviderError) -> str:
    id_ = getattr(request, "id", "")
    return f"{id_}: {error}" if id_ else str(error)


def _abort_half_created(context: grpc.ServicerContext, error: HalfCreatedError) -> NoReturn:
    status = Status(code=grpc.StatusCode.UNKNOWN.value[0], message=str(error))
    details = provider_pb2.ErrorResourceInitFailed(
        id=error.id, properties=encode(error.outputs, error.secrets), reasons=[error.message]
    )
    status.details.add().Pack(details)
    context.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))
    context.abort(grpc.StatusCode.UNKNOWN, str(error))
    raise AssertionError


class Servicer(ResourceProviderServicer):
    """Translates between Pulumi's messages and `ProviderService`.

    Args:
        service: What does the work.
    """

    def __init__(self, service: ProviderService) -> None:
        self._service = service
        self._sessions = Sessions()

    def _session(self, context: grpc.ServicerContext) -> Session:
        return self._sessions.of(context.peer())

    def Handshake(
        self, request: provider_pb2.ProviderHandshakeRequest, context: grpc.ServicerContext
    ) -> provider_pb2.ProviderHandshakeResponse:
        """Tell what this provider understands."""
        return provider_pb2.ProviderHandshakeResponse(accept_secrets=True, supports_autonaming_configuration=True)

    def Attach(self, request: plugin_pb2.PluginAttach, context: grpc.ServicerContext) -> Empty:
        """Nothing is needed of the engine that attaches."""
        return Empty()

    def GetPluginInfo(self, request: Empty, context: grpc.ServicerContext) -> plugin_pb2.PluginInfo:
        """The official provider's version, as programs ask for it."""
        return plugin_pb2.PluginInfo(version=VERSION)

    def GetSchema(
        self, request: provider_pb2.GetSchemaRequest, context: grpc.ServicerContext
    ) -> provider_pb2.GetSchemaResponse:
        """A schema without types: programs bring the official SDK's."""
        return provider_pb2.GetSchemaResponse(schema=f'{{"name":"aws","version":"{VERSION}"}}')

    @_guarded
    def CheckConfig(
        self, request: provider_pb2.CheckRequest, context: grpc.ServicerContext
    ) -> provider_pb2.CheckResponse:
        """Refuse a configuration that is for another account."""
        news, _ = decode(request.news)
        configuration_from(news, self._service.is_open)
        return provider_pb2.CheckResponse(inputs=request.news)

    @_guarded
    def DiffConfig(self, request: provider_pb2.DiffRequest, context: grpc.ServicerContext) -> provider_pb2.DiffResponse:
        """A changed configuration replaces nothing by itself: each resource compares its own region."""
        changed = request.olds != request.news
        some = provider_pb2.DiffResponse.DIFF_SOME if changed else provider_pb2.DiffResponse.DIFF_NONE
        return provider_pb2.DiffResponse(changes=some)

    @_guarded
    def Configure(
        self, request: provider_pb2.ConfigureRequest, context: grpc.ServicerContext
    ) -> provider_pb2.ConfigureResponse:
        """Remember the configuration of this connection."""
        arguments, _ = decode(request.args)
        self._sessions.open(context.peer(), configuration_from(arguments, self._service.is_open))
        return provider_pb2.ConfigureResponse(
            acceptSecrets=True, supportsPreview=True, supports_autonaming_configuration=True
        )

    @_guarded
    def Check(self, request: provider_pb2.CheckRequest, context: grpc.ServicerContext) -> provider_pb2.CheckResponse:
        """Complete and check the inputs of a resource."""
        old, _ = decode(request.olds)
        new, secrets = decode(request.news)
        config = self._session(context).configuration
        inputs, problems = self._service.check(_token(request.urn), old, new, _proposal(request), config)
        return provider_pb2.CheckResponse(inputs=encode(inputs, secrets), failures=_failures(problems, secrets))

    @_guarded
    def Diff(self, request: provider_pb2.DiffRequest, context: grpc.ServicerContext) -> provider_pb2.DiffResponse:
        """Tell what changes, and whether it replaces the resource."""
        outputs, _ = decode(request.olds)
        old, _ = decode(request.old_inputs)
        new, _ = decode(request.news)
        config = self._session(context).configuration
        found = self._service.difference(_token(request.urn), old or outputs, new, outputs, config)
        some = provider_pb2.DiffResponse.DIFF_SOME if found.properties else provider_pb2.DiffResponse.DIFF_NONE
        ignored = set(request.ignoreChanges)
        return provider_pb2.DiffResponse(
            changes=some,
            diffs=[name for name in found.properties if name not in ignored],
            replaces=found.replaced_by,
            deleteBeforeReplace=found.delete_first,
            detailedDiff={path: _property_diff(change) for path, change in found.changes.items()},
            hasDetailedDiff=True,
        )

    @_guarded
    def Create(self, request: provider_pb2.CreateRequest, context: grpc.ServicerContext) -> provider_pb2.CreateResponse:
        """Create a resource, or tell what a preview can know of it."""
        inputs, secrets = decode(request.properties)
        if request.preview:
            expected = self._service.expected(_token(request.urn), inputs, None, self._session(context).configuration)
            return provider_pb2.CreateResponse(properties=encode(expected, _secret_outputs(secrets)))
        try:
            id_, outputs = self._lifecycle(request.urn, inputs, {}, context).create(inputs, request.timeout)
        except HalfCreatedError as error:
            error.secrets = _secret_outputs(secrets)
            raise
        return provider_pb2.CreateResponse(id=id_, properties=encode(outputs, _secret_outputs(secrets)))

    @_guarded
    def Read(self, request: provider_pb2.ReadRequest, context: grpc.ServicerContext) -> provider_pb2.ReadResponse:
        """Read a resource for a refresh or an import; an empty answer where it is gone."""
        inputs, secrets = decode(request.inputs)
        outputs, more = decode(request.properties)
        found = self._lifecycle(request.urn, inputs, outputs, context).read(request.id, inputs, outputs)
        if found is None:
            return provider_pb2.ReadResponse()
        return provider_pb2.ReadResponse(
            id=found.id,
            inputs=encode(found.inputs, secrets),
            properties=encode(found.outputs, _secret_outputs(secrets) | more),
        )

    @_guarded
    def Update(self, request: provider_pb2.UpdateRequest, context: grpc.ServicerContext) -> provider_pb2.UpdateResponse:
        """Change a resource in place."""
        outputs, _ = decode(request.olds)
        old, _ = decode(request.old_inputs)
        new, secrets = decode(request.news)
        if request.preview:
            config = self._session(context).configuration
            expected = self._service.expected(_token(request.urn), new, outputs, config)
            return provider_pb2.UpdateResponse(properties=encode(expected, _secret_outputs(secrets)))
        lifecycle = self._lifecycle(request.urn, new, outputs, context)
        now = lifecycle.update(request.id, old or outputs, new, outputs, request.timeout)
        return provider_pb2.UpdateResponse(properties=encode(now, _secret_outputs(secrets)))

    @_guarded
    def Delete(self, request: provider_pb2.DeleteRequest, context: grpc.ServicerContext) -> Empty:
        """Delete a resource."""
        outputs, _ = decode(request.properties)
        self._lifecycle(request.urn, {}, outputs, context).delete(request.id, outputs, request.timeout)
        return Empty()

    @_guarded
    def Invoke(self, request: provider_pb2.InvokeRequest, context: grpc.ServicerContext) -> provider_pb2.InvokeResponse:
        """Answer a function."""
        arguments, _ = decode(request.args)
        answer, problems = self._service.invoke(request.tok, arguments, self._session(context).configuration)
        response = provider_pb2.InvokeResponse(failures=_failures(problems))
        getattr(response, "return").CopyFrom(encode(answer))
        return response

    def Cancel(self, request: Empty, context: grpc.ServicerContext) -> Empty:
        """Let waits of this connection stop."""
        self._sessions.cancel(context.peer())
        return Empty()

    def _lifecycle(self, urn: str, inputs: Properties, outputs: Properties, context: grpc.ServicerContext) -> Lifecycle:
        session = self._session(context)
        return self._service.lifecycle(
            _token(urn), inputs, outputs, session.configuration, lambda: session.cancelled or not context.is_active()
        )


def _token(urn: str) -> str:
    """The type of a resource: in its URN the last of the types that are joined by `$`."""
    return urn.split("::")[2].rpartition("$")[2]


def _proposal(request: provider_pb2.CheckRequest) -> Proposal:
    options = request.autonaming if request.HasField("autonaming") else None
    modes = provider_pb2.CheckRequest.AutonamingOptions
    return Proposal(
        logical_name=request.name or request.urn.split("::", 3)[3],
        seed=request.randomSeed,
        proposed=options.proposed_name if options is not None else "",
        enforced=options is not None and options.mode == modes.ENFORCE,
        disabled=options is not None and options.mode == modes.DISABLE,
    )


def _failures(problems: list[Problem], secrets: frozenset[str] = frozenset()) -> list[provider_pb2.CheckFailure]:
    problems = [each.without_value() if each.property in secrets else each for each in problems]
    return [provider_pb2.CheckFailure(property=each.path, reason=f"{each.path} {each.reason}") for each in problems]


def _property_diff(change: Change) -> provider_pb2.PropertyDiff:
    return provider_pb2.PropertyDiff(kind=_KINDS[change.kind, change.replace], inputDiff=True)


def _secret_outputs(secrets: frozenset[str]) -> frozenset[str]:
    return secrets | {_SECRET_COPIES[name] for name in secrets if name in _SECRET_COPIES}
