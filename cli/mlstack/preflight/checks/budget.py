"""Whether a month costs more than the budget of mlstack.yaml."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlstack.preflight.outcome import Outcome, Result

if TYPE_CHECKING:
    from mlstack.preflight.subject import Subject


def check(subject: Subject) -> Outcome:
    """Compares the estimate of `mlstack plan` with the budget.

    Args:
        subject: The environment.
    """
    from mlstack.infrastructure.cost import Costed

    spec = subject.spec
    plan = subject.require_plan()
    estimate = Costed.of(spec, plan.resources, None, may_ask=not spec.is_local).estimate
    besides = f", without {len(estimate.unpriced)} parts that have no price" if estimate.unpriced else ""
    costs = f"A month is estimated at {estimate.monthly:,.2f} USD{besides}"
    if spec.is_local:
        return Outcome.ok(f"{costs} in AWS; the local cloud bills nothing.")
    if spec.budget is None:
        return Outcome(Result.OK, f"{costs}; mlstack.yaml has no budget to compare it with.")
    limit = spec.budget.monthly_usd
    if estimate.monthly > limit:
        return Outcome(
            Result.FAILURE,
            f"{costs}, and the budget is {limit:,.2f} USD.",
            f"See `mlstack plan {spec.environment} --cost`; choose less, or raise `budget.monthly_usd`.",
        )
    return Outcome.ok(f"{costs}, within the budget of {limit:,.2f} USD.")
