"""Resources of an environment that no state knows of.

A lost state must not lead to a second copy of everything. The names that clients use are fixed, so asking for these few
before a stack is made tells whether the environment is there already.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlstack_components.errors import MlstackError

if TYPE_CHECKING:
    from mlstack_stacks.naming import Names
    from mlstack_stacks.spec.stack import StackSpec


class OrphansError(MlstackError):
    """The environment is in the cloud already, and its state is not here."""

    code = "orphans"


def refuse_orphans(spec: StackSpec) -> None:
    """Refuses to make an environment that is there already.

    Args:
        spec: The environment, of which there is no stack.

    Raises:
        OrphansError: Something of its name exists.
        CloudError: The cloud cannot be asked.
    """
    from mlstack_stacks.naming import Names
    from mlstack_stacks.spec import EnvironmentSpec

    from mlstack.cloud.aws import AwsSession
    from mlstack.cloud.errors import explained

    views = list(spec.views().values()) if isinstance(spec, EnvironmentSpec) else [spec]
    with explained(spec):
        session = AwsSession.for_environment(spec)
        found = [
            what
            for view in views
            for what, (service, method, arguments) in _looks(view, Names.of(view)).items()
            if _exists(session.client(service), method, arguments)
        ]
    if found:
        raise OrphansError(
            f"{spec.environment!r} is in the cloud already ({', '.join(found)}), but Pulumi's state of it is not here.",
            next_step=_next_step(spec),
        )


def _looks(spec: StackSpec, names: Names) -> dict[str, tuple[str, str, dict[str, str]]]:
    """What has a name that is chosen, and how to ask for it: service, method and arguments."""
    from mlstack_stacks.spec import EnvironmentSpec

    if not isinstance(spec, EnvironmentSpec):
        # A platform always has its key.
        alias = f"alias/mlstack/{names.resource_prefix}"
        return {f"key {alias}": ("kms", "describe_key", {"KeyId": alias})}
    group = {"ModelPackageGroupName": names.model_package_group}
    return {
        f"pipeline {names.pipeline}": ("sagemaker", "describe_pipeline", {"PipelineName": names.pipeline}),
        f"model group {names.model_package_group}": ("sagemaker", "describe_model_package_group", group),
        f"pipeline {names.batch_pipeline}": ("sagemaker", "describe_pipeline", {"PipelineName": names.batch_pipeline}),
        f"endpoint {names.endpoint}": ("sagemaker", "describe_endpoint", {"EndpointName": names.endpoint}),
    }


def _exists(client: object, method: str, arguments: dict[str, str]) -> bool:
    from botocore.exceptions import ClientError

    from mlstack.cloud.errors import is_missing

    try:
        getattr(client, method)(**arguments)
    except ClientError as error:
        if is_missing(error):
            return False
        raise
    return True


def _next_step(spec: StackSpec) -> str:
    if spec.is_local:
        return (
            "Restore the state (`pulumi stack init local` and `pulumi stack import`, after `mlstack local env`), or "
            "delete the whole local cloud with `mlstack local reset`."
        )
    return (
        "Log in to the backend that holds the state (`pulumi login`), or restore it with `pulumi stack import`. If "
        f"another stack has this name, choose another one in {spec.file.name}."
    )
