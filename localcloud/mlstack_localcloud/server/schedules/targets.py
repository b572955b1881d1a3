"""Calls the target of a schedule: any operation of a service of the local cloud (a universal target).

https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets-universal.html
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from botocore import xform_name
from botocore.exceptions import BotoCoreError, ClientError

from ..authorization.authorizer import Denied

if TYPE_CHECKING:
    from ..authorization.authorizer import Authorizer
    from ..clients import Clients

SCHEDULER = "scheduler.amazonaws.com"
UNIVERSAL = re.compile(r"arn:aws[a-z-]*:scheduler:::aws-sdk:([a-z0-9-]+):([A-Za-z0-9]+)")


class TargetError(Exception):
    """A target was not called, or refused the call; the message says why."""


class ScheduleTargets:
    """Calls targets.

    Args:
        clients: Call them, under the role of the schedule.
        authorizer: Tells whether the scheduler may take that role.
    """

    def __init__(self, clients: Clients, authorizer: Authorizer) -> None:
        self._clients = clients
        self._authorizer = authorizer

    def call(self, target: dict[str, Any], group_arn: str, region: str) -> None:
        """Call a target once.

        Args:
            target: The target as CreateSchedule took it.
            group_arn: The schedule's group, on whose behalf the role is taken.
            region: The schedule's region.

        Raises:
            TargetError: It was not called, or refused.
        """
        match = UNIVERSAL.fullmatch(target["Arn"])
        if match is None:
            raise TargetError(f"the local cloud does not call {target['Arn']}, only universal targets")
        service, action = match.groups()
        try:
            self._authorizer.authorize_assumption(SCHEDULER, target["RoleArn"], group_arn, region)
            client = self._clients.client(service, region, target["RoleArn"])
            operation = getattr(client, xform_name(action[:1].upper() + action[1:]))
            operation(**json.loads(target.get("Input") or "{}"))
        except Denied as denied:
            raise TargetError(str(denied)) from denied
        except (ClientError, BotoCoreError, AttributeError, TypeError, ValueError) as error:
            raise TargetError(str(error)) from error
