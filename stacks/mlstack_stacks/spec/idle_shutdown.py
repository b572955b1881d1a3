"""Where an endpoint can't go out of service by itself (`serving.idle_shutdown`)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mlstack_stacks.spec.model_quality import model_quality_of
from mlstack_stacks.spec.monitors import data_quality_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlstack_stacks.spec.models import EnvironmentSpec

_PRODUCTION = re.compile(r"(?:prod|production|live)(?:-.*)?")
_KEY = "serving.idle_shutdown"


def idle_shutdown_contradictions(spec: EnvironmentSpec) -> Iterator[tuple[str, str, str]]:
    """What an idle shutdown contradicts.

    Args:
        spec: The specification.

    Yields:
        The key, what is wrong, and what to do.
    """
    if spec.serving is None or spec.serving.idle_shutdown is None:
        return
    elsewhere = f"Write it below other environments, or `serving: {{idle_shutdown: null}}` below `{spec.environment}`."
    # The schedule looks at the clock and not at the calls, so it is for environments that nobody depends on.
    if _PRODUCTION.fullmatch(spec.environment):
        yield _KEY, f"would take the endpoint of `{spec.environment}` out of service while it is called.", elsewhere
    if spec.serving.kind == "serverless":
        yield _KEY, "saves nothing: a serverless endpoint costs nothing while nobody calls it.", "Remove it."
    # DeleteEndpoint is refused as long as a monitoring schedule watches the endpoint.
    if data_quality_of(spec) is not None or model_quality_of(spec) is not None:
        yield _KEY, "can't be: SageMaker deletes no endpoint that has a monitoring schedule.", elsewhere
