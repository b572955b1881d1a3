"""The part `notifications` of mlstack.yaml."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from mlstack_stacks.spec.base import SpecModel
from mlstack_stacks.spec.values import Email, once_each


class Notifications(SpecModel):
    """Who hears of new models, failed pipelines and failed endpoints."""

    emails: Annotated[tuple[Email, ...], Field(min_length=1, max_length=50), AfterValidator(once_each)]
    """Addresses; each gets one message to confirm the subscription."""
