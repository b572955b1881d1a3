"""Endpoints that their schedule took out of service (`serving.idle_shutdown`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlstack.release.live import read_endpoint

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mlstack_stacks.spec import EnvironmentSpec

    from mlstack.cloud.aws import AwsSession
    from mlstack.engine.state import StateResource

ENDPOINT = "aws:sagemaker/endpoint:Endpoint"


def schedule_of(spec: EnvironmentSpec) -> str | None:
    """When the endpoint goes out of service, as mlstack.yaml says it; None where it never does by itself.

    Args:
        spec: The specification of the environment.
    """
    return None if spec.serving is None else spec.serving.idle_shutdown


def held_endpoint(resources: Sequence[StateResource]) -> str | None:
    """The name of the endpoint that Pulumi's state holds, or None.

    Args:
        resources: The stack's resources.
    """
    return next((each.id for each in resources if f"{ENDPOINT}::" in each.urn and each.id), None)


def is_shut_down(spec: EnvironmentSpec, session: AwsSession, resources: Sequence[StateResource]) -> bool:
    """Whether the state holds an endpoint that is not there, as after a shutdown. Asks the cloud only then.

    Args:
        spec: The specification of the environment.
        session: Clients of its cloud.
        resources: The stack's resources.
    """
    if schedule_of(spec) is None:
        return False
    name = held_endpoint(resources)
    return name is not None and read_endpoint(session.client("sagemaker"), name) is None
