"""Further versions beside the released one: what the release pointer says of them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from mlstack_components.errors import MlstackError, UserError
from mlstack_stacks.spec.variants import variant_names

from mlstack.release.batch import LiveBatch

if TYPE_CHECKING:
    from mlstack_stacks.spec import EnvironmentSpec

    from mlstack.release.pointer import Release
    from mlstack.release.proof import LiveEndpoint

    Live = LiveEndpoint | LiveBatch


def require_variant(spec: EnvironmentSpec, name: str) -> str:
    """Return the name of a variant that mlstack.yaml has.

    Args:
        spec: The specification of the environment.
        name: The name.

    Raises:
        UserError: It has no such variant.
    """
    known = variant_names(spec.serving)
    if name not in known:
        there = f"It has {', '.join(known)}." if known else f"Add `serving: {{variants: {{{name}: {{percent: 10}}}}}}`."
        raise UserError(f"`{spec.environment}` has no variant {name}.", next_step=there)
    return name


def further_of(spec: EnvironmentSpec, release: Release) -> dict[str, str]:
    """Return the model packages of the further variants that mlstack.yaml has, by their names.

    Args:
        spec: The specification of the environment.
        release: What the release pointer says; it may name variants that mlstack.yaml has no more.
    """
    known = variant_names(spec.serving)
    return {name: arn for name, arn in release.variants.items() if name in known}


def kept_variant_counts(spec: EnvironmentSpec, live: Live | None) -> dict[str, int]:
    """Return how many instances of busy further variants a release keeps: those above what is specified.

    Args:
        spec: The specification of the environment.
        live: What serves, or None.
    """
    serving = spec.serving
    if live is None or isinstance(live, LiveBatch) or serving is None or serving.kind != "realtime":
        return {}
    counts = {name: each.instance_count for name, each in live.further.items()}
    return {
        name: count
        for name, variant in (serving.variants or {}).items()
        if (count := counts.get(name)) is not None and count > variant.least_instances
    }


def waiting_variants(spec: EnvironmentSpec, release: Release) -> tuple[str, ...]:
    """Return the variants that mlstack.yaml has and that nothing was released to.

    Args:
        spec: The specification of the environment.
        release: What the release pointer says.
    """
    return tuple(name for name in variant_names(spec.serving) if name not in release.variants)


def waits_for(environment: str, variant: str) -> str:
    """Return what such a variant waits for.

    Args:
        environment: Its address.
        variant: The variant.
    """
    return f"a released model version (`mlstack release {environment} --variant {variant}`)"


def with_variant(release: Release, name: str, arn: str, environment: str) -> Release:
    """Return a release with a further version.

    Args:
        release: What is released.
        name: The variant.
        arn: The model package.
        environment: Its address, for what to do next.

    Raises:
        MlstackError: Nothing is released that it could be beside.
    """
    if release.model_package_arn is None:
        raise nothing_released(name, environment)
    return replace(release, variants={**release.variants, name: arn})


def nothing_released(name: str, environment: str) -> MlstackError:
    """Return the error of a variant beside nothing.

    Args:
        name: The variant.
        environment: Its address, for what to do next.
    """
    return MlstackError(
        f"Nothing is released that {name} could be compared with.",
        next_step=f"Release a version first: `mlstack release {environment}`.",
    )


def without_variant(release: Release, name: str) -> Release:
    """Return a release without a further version.

    Args:
        release: What is released.
        name: The variant.
    """
    counts = {each: count for each, count in release.variant_counts.items() if each != name}
    variants = {each: arn for each, arn in release.variants.items() if each != name}
    return replace(release, variants=variants, variant_counts=counts)
