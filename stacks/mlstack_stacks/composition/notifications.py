"""The part `notifications`: who hears of new models, failed pipelines and failed endpoints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlstack_components.aws.job_policy_args import JobKind
from mlstack_components.aws.notification_events import ToldOf
from mlstack_components.aws.notifications import Notifications as Topic
from mlstack_components.aws.notifications import NotificationsArgs

if TYPE_CHECKING:
    import pulumi

    from mlstack_stacks.composition.environment import Environment
    from mlstack_stacks.spec import Notifications


def declare(notifications: Notifications, environment: Environment) -> dict[str, Any]:
    """Declares the topic and the rules that feed it.

    Args:
        notifications: The specification's part.
        environment: The environment.

    Returns:
        The outputs, by name.
    """
    used = environment.models.values() or (environment,)
    forwarded = tuple(str(each.group_name) for each in used if each.registry_elsewhere)
    topic = Topic(
        environment.prefix,
        NotificationsArgs(
            placement=environment.placement,
            encryption_key_arn=environment.key.arn,
            emails=notifications.emails,
            pipeline_name=environment.pipeline_name,
            batch_pipeline_name=environment.batch_pipeline_name,
            model_package_group_name=_own_group(environment),
            endpoint_name=environment.endpoint_name,
            monitoring_role_arn=_monitoring_role(environment),
            models=[_told_of(each) for each in environment.models.values()],
            forwarded_groups=forwarded,
            forwarded_bus=_bus(environment) if forwarded else None,
            **environment.publishers,
            tags=environment.tags,
        ),
        environment.options,
    )
    environment.topic_arn = topic.topic_arn
    return {"notification_topic_arn": topic.topic_arn}


def _told_of(model: Environment) -> ToldOf:
    return ToldOf(
        pipeline_name=model.pipeline_name,
        batch_pipeline_name=model.batch_pipeline_name,
        model_package_group_name=_own_group(model),
        endpoint_name=model.endpoint_name,
        monitoring_role_arn=_monitoring_role(model),
    )


def _monitoring_role(environment: Environment) -> pulumi.Output[str] | None:
    return environment.roles.arn(JobKind.MONITORING) if environment.monitored else None


def _own_group(environment: Environment) -> str | None:
    """The registry whose events are on the account's own bus."""
    return None if environment.registry_elsewhere else environment.group_name


def _bus(environment: Environment) -> pulumi.Output[str]:
    """The bus that hears of other accounts' versions."""
    from mlstack_stacks.composition.version_events import registry_bus

    return registry_bus(environment)
