"""The part `notifications`: who hears of the account's budget."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlstack_components.aws.notifications import Notifications as Topic
from mlstack_components.aws.notifications import NotificationsArgs

if TYPE_CHECKING:
    from mlstack_stacks.platform.composition.environment import PlatformEnvironment
    from mlstack_stacks.spec import Notifications


def declare(notifications: Notifications, environment: PlatformEnvironment) -> dict[str, Any]:
    """Declares the topic.

    Args:
        notifications: The specification's part.
        environment: The platform's environment.

    Returns:
        The outputs, by name.
    """
    arguments = NotificationsArgs(
        placement=environment.placement,
        encryption_key_arn=environment.key.arn,
        emails=notifications.emails,
        budgets_publish=environment.budgets_publish,
        tags=environment.tags,
    )
    environment.topic_arn = Topic(environment.prefix, arguments, environment.options).topic_arn
    return {"notification_topic_arn": environment.topic_arn}
