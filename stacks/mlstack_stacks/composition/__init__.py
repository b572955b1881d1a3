"""Which components an environment consists of, and how they fit together.

Stages: each part of mlstack.yaml has a module here, whose `declare` says what the part consists of; the parts are
declared in the order of `PARTS`, for some use what others have made. What all share - the key, the buckets, the roles -
is made by `Environment`, when it is first asked for. The modules of parts that are off are not imported, nor are their
components, so they cost nothing.

Nothing here reads the cloud except the release pointer, which says what model version the endpoint serves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlstack_stacks.composition.environment import Environment
from mlstack_stacks.composition.parts import declare_parts
from mlstack_stacks.outputs import ProjectOutputs

if TYPE_CHECKING:
    import pulumi

    from mlstack_stacks.spec import EnvironmentSpec

PARTS = (
    "platform",  # before all, for it says what there is already
    "network",  # before whatever is placed in it
    "registry",  # before the roles, which read its images
    "images",  # before the roles and the pipeline, which run them
    "notifications",  # before the roles, one of which may tell its topic
    "tracking",  # before the roles and the pipeline, which record on it
    "steps",
    "serving",
    "budget",
    "monitoring",
    "features",
    "continuous_deployment",  # after notifications, whose topic it tells, and after the roles of what it releases
)
"""The parts of mlstack.yaml that declare resources, each a module of this package, in the order of declaration."""


def compose(spec: EnvironmentSpec, parent: pulumi.Resource) -> ProjectOutputs:
    """Declares everything that an environment consists of.

    Args:
        spec: The specification of the environment.
        parent: The component that everything belongs to.

    Returns:
        What was declared.

    Raises:
        UserError: AWS has no image of the framework in the region.
    """
    environment = Environment(spec, parent)
    if spec.models is None:
        outputs = declare_parts(__name__, PARTS, spec, environment)
    else:
        from mlstack_stacks.composition.models import declare_with_models

        outputs = declare_with_models(__name__, PARTS, environment)
    store = environment.store
    return ProjectOutputs(
        artifact_bucket=store.artifact_bucket,
        data_bucket=store.data_bucket,
        code_uri=store.code_uri,
        data_uri=environment.data_uri,
        encryption_key_arn=environment.key.arn,
        region=spec.region,
        account=spec.account,
        **outputs,
    )
