"""The part `serving`: the endpoint, as far as there is something to serve."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlstack_components.aws.endpoint import Endpoint, EndpointArgs
from mlstack_components.aws.endpoint_capture import CaptureArgs
from mlstack_components.aws.endpoint_rollout import RolloutArgs
from mlstack_components.aws.job_roles import JobKind
from mlstack_components.aws.names import VARIANT_NAME

from mlstack_stacks.composition.release_pointer import released
from mlstack_stacks.spec.access import secrets_of
from mlstack_stacks.spec.variants import SHADOW, variant_names

if TYPE_CHECKING:
    from mlstack_stacks.composition.environment import Environment
    from mlstack_stacks.composition.release_pointer import Released
    from mlstack_stacks.spec import Rollout, Serving


def declare(serving: Serving, environment: Environment) -> dict[str, Any]:
    """Declares the endpoint with what the release pointer says it serves.

    Args:
        serving: The specification's part.
        environment: The environment.

    Returns:
        The outputs, by name.
    """
    if serving.kind == "batch" and serving.batch is not None:
        from mlstack_stacks.composition.batch import declare_batch

        return declare_batch(serving, serving.batch, environment)
    spec = environment.spec
    release = released(environment.names, environment.parent, variant_names(serving))
    endpoint = Endpoint(
        environment.prefix,
        EndpointArgs(
            endpoint_name=environment.names.endpoint,
            model_package_arn=release.model_package_arn,
            role_arn=environment.roles.arn(JobKind.SERVING),
            encryption_key_arn=environment.key.arn,
            instance_type=serving.instance_type,
            # An endpoint that was scaled up since stays so: no update scales a busy one down. None starts with nothing.
            instance_count=max(serving.instances.min, release.instance_count, 1),
            capture=_capture(serving, environment),
            rollout=_rollout(serving.rollout),
            **_kind(serving, environment),
            **_variants(serving, release),
            network_isolation=not secrets_of(spec, "serving"),
            network=environment.network,
            tags=environment.tags,
            release_tags=environment.release_tags,
        ),
        environment.options_in_network,
    )
    if release.model_package_arn is not None:
        _scale(serving, endpoint, environment)
        _scale_further(serving, release, endpoint, environment)
    if serving.idle_shutdown is not None:
        _shut_down(serving.idle_shutdown, environment)
    monitors = {} if not environment.monitored else _monitor(release, endpoint, environment)
    waits_for = f"a released model version (`mlstack release {spec.address}`)"
    return {
        "endpoint_name": environment.names.endpoint,
        "endpoint_waits_for": waits_for if release.model_package_arn is None else None,
        "release_parameter_path": environment.names.release_path,
        **monitors,
    }


def _kind(serving: Serving, environment: Environment) -> dict[str, Any]:
    """What makes another kind of endpoint of a real-time one, as its arguments."""
    if serving.kind == "realtime":
        return {}
    from mlstack_stacks.composition.serving_kinds import asynchronous_args, serverless_args

    if serving.kind == "serverless":
        return {"serverless": serverless_args(serving)}
    return {"asynchronous": asynchronous_args(serving, environment)}


def _variants(serving: Serving, release: Released) -> dict[str, Any]:
    """Further versions, as far as they were released, as arguments of the endpoint."""
    if not release.variants:
        return {}
    from mlstack_components.aws.endpoint_variants import VariantArgs

    named = {**(serving.variants or {}), SHADOW: serving.shadow}
    further = {
        name: VariantArgs(
            name=name,
            model_package_arn=arn,
            percent=each.percent,
            instance_type=each.instance_type or serving.instance_type,
            # As of the first variant: no update scales a busy one down.
            instance_count=max(each.least_instances, release.variant_counts.get(name, 0)),
        )
        for name, arn in release.variants.items()
        if (each := named[name]) is not None
    }
    shadow = further.pop(SHADOW, None)
    return {"variants": list(further.values()), "shadow": shadow}


def _monitor(release: Released, endpoint: Endpoint, environment: Environment) -> dict[str, Any]:
    """Declares the monitors, as far as there are calls and something to compare them with."""
    waits_for = f"a released model version with a baseline (`mlstack release {environment.spec.address}`)"
    names: dict[str, Any] = {}
    if release.model_package_arn is not None and environment.data_quality is not None:
        from mlstack_stacks.composition.monitors import monitor

        names = {**monitor(environment.data_quality, endpoint, release.baseline_uri, environment).schedule_names}
    if release.model_package_arn is not None and environment.model_quality is not None:
        from mlstack_stacks.composition.model_quality import monitor_quality

        names |= monitor_quality(environment.model_quality, endpoint, release, environment).schedule_names
    return {"monitoring_schedule_names": names or None, "monitors_wait_for": None if names else waits_for}


def _capture(serving: Serving, environment: Environment) -> CaptureArgs | None:
    if not serving.capture_percent:
        return None
    bucket, key = environment.store.data_bucket, environment.key.arn
    return CaptureArgs(percent=serving.capture_percent, bucket=bucket, encryption_key_arn=key)


def _rollout(rollout: Rollout) -> RolloutArgs | None:
    """How calls go over to a new model; None where they do so all at once and nothing is watched."""
    if rollout.kind == "all_at_once" and not rollout.rollback_alarms:
        return None
    return RolloutArgs(
        kind=rollout.kind,
        step_percent=rollout.step_percent,
        wait_seconds=rollout.wait_minutes * 60,
        rollback_alarms=rollout.rollback_alarms,
    )


def _scale(serving: Serving, endpoint: Endpoint, environment: Environment) -> None:
    """Declares the scaling of an endpoint, as far as its number of instances is to follow the load.

    It belongs to the endpoint's component, so that a release brings it up with the endpoint and may change it.
    """
    most = serving.instances.max
    if most is None or not serving.instances.scale or serving.kind == "serverless":
        return
    if serving.kind == "asynchronous":
        from mlstack_stacks.composition.serving_kinds import scale_by_backlog

        scale_by_backlog(serving, most, endpoint, environment)
        return
    from mlstack_stacks.composition.scaling import scale_variant

    scale_variant(environment.prefix, VARIANT_NAME, serving.instances, serving.scaling, endpoint, environment)


def _scale_further(serving: Serving, release: Released, endpoint: Endpoint, environment: Environment) -> None:
    """Declares the scaling of further variants that something was released to."""
    for name, each in (serving.variants or {}).items():
        if name in release.variants and each.instances is not None and each.instances.scale:
            from mlstack_stacks.composition.scaling import scale_variant

            # The variant comes after a word, as in models' names: `variant-b` of `a` is no model `a-b`.
            own = f"{environment.prefix}-variant-{name}"
            scale_variant(own, name, each.instances, each.scaling, endpoint, environment)


def _shut_down(cron: str, environment: Environment) -> None:
    """Declares the schedule that takes the endpoint out of service; no release changes it."""
    from mlstack_components.aws.endpoint_shutdown import EndpointShutdown, EndpointShutdownArgs
    from mlstack_components.aws.scaling_schedule import cron_schedule

    arguments = EndpointShutdownArgs(
        placement=environment.placement,
        endpoint_name=environment.names.endpoint,
        schedule=cron_schedule(cron),
        encryption_key_arn=environment.key.arn,
        permissions_boundary_arn=environment.boundary,
        tags=environment.tags,
    )
    EndpointShutdown(environment.prefix, arguments, environment.options)
