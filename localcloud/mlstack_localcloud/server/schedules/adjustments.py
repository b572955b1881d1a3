"""What EventBridge Scheduler refuses and moto's does not. Making an adjustment again changes nothing.

Private parts of moto: `Schedule.__init__` and `update`, `ValidationException`.
"""

from __future__ import annotations

import functools
from typing import Any

from ..moto_adjustments import imported
from .expressions import ExpressionError, check


def adjust() -> None:
    """Check the expressions of schedules, if moto's scheduler is imported by now; may be called again."""
    models = imported("moto.scheduler.models")
    if models is None or hasattr(models.Schedule.__init__, "__wrapped__"):
        return
    for method in ("__init__", "update"):
        setattr(models.Schedule, method, _checked(getattr(models.Schedule, method), models))


def _checked(method: Any, models: Any) -> Any:
    @functools.wraps(method)
    def with_check(self: Any, *arguments: Any, **options: Any) -> None:
        try:
            check(options["schedule_expression"], options.get("schedule_expression_timezone") or "UTC")
        except ExpressionError as error:
            raise models.ValidationException(message=str(error)) from error
        method(self, *arguments, **options)

    return with_check
