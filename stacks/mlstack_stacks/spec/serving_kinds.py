"""What a kind of serving can't have, each found by one function.

A key of the project is no contradiction of an environment that chooses another kind: it is the other kind's, and is
not used. What would be missed - a network, captured calls, a rollout in steps - is told even then.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlstack_stacks.spec.models import EnvironmentSpec
    from mlstack_stacks.spec.serving import Serving

    Found = Iterator[tuple[str, str, str]]

_GROUPS = ("asynchronous", "serverless", "batch")


def serving_kind_contradictions(spec: EnvironmentSpec) -> Found:
    """The key, message and next step of each thing that the kind of serving can't have.

    Args:
        spec: The specification.
    """
    serving = spec.serving
    if serving is None:
        return
    for group in _GROUPS:
        if group != serving.kind and getattr(serving, group) is not None and meant(spec, f"serving.{group}"):
            yield (
                f"serving.{group}",
                f"is for `kind: {group}`, and this is `kind: {serving.kind}`.",
                f"Write `{group}: null`, or remove it.",
            )
    if serving.kind == "serverless":
        yield from _serverless(spec, serving)
    else:
        yield from _scaled_to_zero(serving)
    if serving.kind == "asynchronous":
        yield from _asynchronous(spec, serving)


def meant(spec: EnvironmentSpec, key: str) -> bool:
    """Whether a key is written where the kind is chosen, or nearer to the environment.

    Args:
        spec: The specification of the environment.
        key: The key, without the environment.
    """
    place, kind = spec.place(key), spec.place("serving.kind")
    if place is None or kind is None:
        return False
    return place.key.startswith("environments.") or not kind.key.startswith("environments.")


# https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints.html#serverless-endpoints-how-it-works-exclusions
def _serverless(spec: EnvironmentSpec, serving: Serving) -> Found:
    if meant(spec, "serving.instance_type"):
        yield (
            "serving.instance_type",
            f'"{serving.instance_type}" is a machine, and serverless serving has none, nor graphics processors.',
            "Remove it, and choose `serverless: {memory_mb: ...}`.",
        )
    if meant(spec, "serving.instances"):
        yield (
            "serving.instances",
            "serverless serving has no instances.",
            "Remove it, and write `serverless: {max_concurrency: ...}`.",
        )
    if serving.scaling is not None and meant(spec, "serving.scaling"):
        yield ("serving.scaling", "serverless serving scales by itself.", "Remove it.")
    if serving.rollout.kind != "all_at_once":
        yield (
            _written(spec, "serving.rollout.kind", "serving.rollout"),
            f"{serving.rollout.kind} moves shares of the instances, and serverless serving has none.",
            "Write `rollout: all_at_once`.",
        )
    if serving.capture_percent:
        yield (
            "serving.capture_percent",
            "serverless serving keeps no calls, so nothing can be monitored by them either.",
            "Write 0, or `kind: realtime`.",
        )
    if spec.network is not None:
        yield (
            "network",
            "serverless serving can't be placed in a network.",
            "Write `network: null` for this environment, or `kind: realtime`.",
        )


def _asynchronous(spec: EnvironmentSpec, serving: Serving) -> Found:
    if serving.capture_percent:
        yield (
            "serving.capture_percent",
            "asynchronous serving keeps no calls: their inputs and answers are in the data bucket anyway.",
            "Write 0, or `kind: realtime`.",
        )
    for key, why in (
        ("invocations_per_instance", "asynchronous serving scales by the calls that wait."),
        ("schedules", "asynchronous serving scales by the calls that wait, and not by the clock."),
    ):
        if meant(spec, f"serving.scaling.{key}"):
            yield (f"serving.scaling.{key}", why, "Remove it, and write `asynchronous: {backlog_per_instance: ...}`.")
    group = serving.asynchronous
    if group is not None and group.notify == "everything" and spec.notifications is None:
        yield (
            "serving.asynchronous.notify",
            "nobody can be told of anything without `notifications`.",
            "Add `notifications: {emails: [...]}`, or remove `notify`.",
        )


def _scaled_to_zero(serving: Serving) -> Found:
    if serving.instances.min > 0:
        return
    if serving.kind != "asynchronous":
        yield (
            "serving.instances.min",
            f"is 0, and `kind: {serving.kind}` can't answer without an instance.",
            "Write 1 or more, or `kind: asynchronous`.",
        )
    elif serving.instances.max is None:
        yield (
            "serving.instances.min",
            "is 0, and without `max` no instance would ever be started.",
            "Write `instances: {min: 0, max: 1}` or more.",
        )


def _written(spec: EnvironmentSpec, *keys: str) -> str:
    return next((key for key in keys if spec.place(key) is not None), keys[0])
