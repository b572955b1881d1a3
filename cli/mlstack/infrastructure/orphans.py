"""Resources of an environment that no state knows of.

A lost state must not lead to a second copy of everything. The names that clients use are fixed, so asking for these few
before a stack is made tells whether the environment is there already.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlstack_components.errors import MlstackError

if TYPE_CHECKING:
    from mlstack_stacks.spec import EnvironmentSpec


class OrphansError(MlstackError):
    """The environment is in the cloud already, and its state is not here."""

    code = "orphans"


def refuse_orphans(spec: EnvironmentSpec) -> None:
    """Refuses to make an environment that is there already.

    Args:
        spec: The environment, of which there is no stack.

    Raises:
        OrphansError: Something of its name exists.
        CloudError: The cloud cannot be asked.
    """
    from mlstack_stacks.naming import Names

    from mlstack.cloud.aws import AwsSession
    from mlstack.cloud.errors import explained

    names = Names(spec.name, spec.environment)
    looks = {
        f"pipeline {names.pipeline}": ("describe_pipeline", {"PipelineName": names.pipeline}),
        f"model group {names.model_package_group}": (
            "describe_model_package_group",
            {"ModelPackageGroupName": names.model_package_group},
        ),
        f"pipeline {names.batch_pipeline}": ("describe_pipeline", {"PipelineName": names.batch_pipeline}),
        f"endpoint {names.endpoint}": ("describe_endpoint", {"EndpointName": names.endpoint}),
    }
    with explained(spec):
        sagemaker = AwsSession.for_environment(spec).client("sagemaker")
        found = [what for what, (method, arguments) in looks.items() if _exists(sagemaker, method, arguments)]
    if found:
        raise OrphansError(
            f"{spec.environment!r} is in the cloud already ({', '.join(found)}), but Pulumi's state of it is not here.",
            next_step=_next_step(spec),
        )


def _exists(sagemaker: object, method: str, arguments: dict[str, str]) -> bool:
    from botocore.exceptions import ClientError

    from mlstack.cloud.errors import is_missing

    try:
        getattr(sagemaker, method)(**arguments)
    except ClientError as error:
        if is_missing(error):
            return False
        raise
    return True


def _next_step(spec: EnvironmentSpec) -> str:
    if spec.is_local:
        return (
            "Restore the state (`pulumi stack init local` and `pulumi stack import`, after `mlstack local env`), or "
            "delete the whole local cloud with `mlstack local reset`."
        )
    return (
        "Log in to the backend that holds the state (`pulumi login`), or restore it with `pulumi stack import`. If "
        "another project has this name, choose another one in mlstack.yaml."
    )
