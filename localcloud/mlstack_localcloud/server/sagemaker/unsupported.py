"""What requests may ask for and the local cloud has not: refused by name, because ignoring it would be a silent lie.

What changes nothing that a script or a client could see - networks, encryption of volumes, instance types, the number
of instances of a processing job - is accepted and kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlstack_localcloud.server.sagemaker.errors import validation_error

if TYPE_CHECKING:
    from mlstack_localcloud.server.sagemaker.ports import Document

ENDPOINT_CONFIG = ("ExplainerConfig",)
FEATURE_DEFINITION = ("CollectionConfig", "CollectionType")
MONITORED_ENDPOINT = ("StartTimeOffset", "EndTimeOffset", "ExcludeFeaturesAttribute")
MONITORING_SCHEDULE = ("MonitoringJobDefinition",)
OFFLINE_STORE = ("DataCatalogConfig",)
RESOURCE_CONFIG = ("InstanceGroups", "TrainingPlanArn")
TRAINING_JOB = ("DebugRuleConfigurations", "ProfilerRuleConfigurations", "ServerlessJobConfig")


def refuse(request: Document, members: tuple[str, ...]) -> None:
    """Refuse a request that has a member that is not supported.

    Args:
        request: The request.
        members: The members that are not supported.

    Raises:
        ServiceError: ValidationException that names the first one.
    """
    for member in members:
        if request.get(member):
            raise unsupported(member)


def unsupported(what: str) -> Exception:
    """Return the error of something that the local cloud has not."""
    return validation_error(f"The local cloud does not support {what}.")
