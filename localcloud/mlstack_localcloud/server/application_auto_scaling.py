"""What Application Auto Scaling does and moto's does not. Making an adjustment again changes nothing.

Private parts of moto: `ApplicationAutoscalingBackend`, `ApplicationAutoScalingResponse`, `FakeScalableTarget`.
Source: https://docs.aws.amazon.com/autoscaling/application/APIReference/
"""

from __future__ import annotations

import functools
import json
from typing import TYPE_CHECKING, Any

from moto.core.exceptions import JsonRESTError

from .moto_adjustments import imported

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

_NOT_SUSPENDED = {
    "DynamicScalingInSuspended": False,
    "DynamicScalingOutSuspended": False,
    "ScheduledScalingSuspended": False,
}
_LINKED_ROLES = {"sagemaker": "SageMakerEndpoint", "ecs": "ECSService", "dynamodb": "DynamoDBTable"}


def adjust() -> None:
    """Adjust moto's part where it is imported by now."""
    models = imported("moto.applicationautoscaling.models")
    responses = imported("moto.applicationautoscaling.responses")
    if models is None or responses is None or hasattr(models.ApplicationAutoscalingBackend, "tags_of"):
        return
    _adjust_targets(models)
    _adjust_parts(models)
    _adjust_tags(models, responses)


def _not_found(message: str) -> JsonRESTError:
    return JsonRESTError("ObjectNotFoundException", message)


def _adjust_targets(models: ModuleType) -> None:
    """A target has a role and a state where none is given; what belongs to it goes with it."""
    backend = models.ApplicationAutoscalingBackend
    register = backend.register_scalable_target

    @functools.wraps(register)
    def register_scalable_target(self: Any, namespace: str, *arguments: Any, **options: Any) -> Any:
        target = register(self, namespace, *arguments, **options)
        target.suspended_state = {**_NOT_SUSPENDED, **(target.suspended_state or {})}
        service = _LINKED_ROLES.get(namespace, namespace)
        target.role_arn = target.role_arn or (
            f"arn:aws:iam::{self.account_id}:role/aws-service-role/{namespace}.application-autoscaling.amazonaws.com/"
            f"AWSServiceRoleForApplicationAutoScaling_{service}"
        )
        return target

    def deregister_scalable_target(self: Any, namespace: str, r_id: str, dimension: str) -> None:
        if self.targets.get(dimension, {}).pop(r_id, None) is None:
            raise _not_found(f"No scalable target found for {namespace} {r_id} {dimension}.")

        def kept(part: Any) -> bool:
            return (part.service_namespace, part.resource_id, part.scalable_dimension) != (namespace, r_id, dimension)

        self.policies = {key: policy for key, policy in self.policies.items() if kept(policy)}
        self.scheduled_actions = [action for action in self.scheduled_actions if kept(action)]

    backend.register_scalable_target = register_scalable_target
    backend.deregister_scalable_target = deregister_scalable_target


def _adjust_parts(models: ModuleType) -> None:
    """Policies and scheduled actions need their target; a policy that is put again keeps its ARN."""
    backend = models.ApplicationAutoscalingBackend
    put_policy, put_action = backend.put_scaling_policy, backend.put_scheduled_action
    delete_policy, delete_action = backend.delete_scaling_policy, backend.delete_scheduled_action

    def need_target(self: Any, options: dict[str, Any]) -> None:
        resource, dimension = options["resource_id"], options["scalable_dimension"]
        if resource not in self.targets.get(dimension, {}):
            raise _not_found(f"No scalable target registered for {resource} {dimension}.")

    def put_scaling_policy(self: Any, **options: Any) -> Any:
        need_target(self, options)
        key = _policy_key(models, options)
        before = self.policies.get(key)
        policy = put_policy(self, **options)
        if before is not None:
            policy.policy_arn, policy.creation_time = before.policy_arn, before.creation_time
        return policy

    def put_scheduled_action(self: Any, **options: Any) -> None:
        need_target(self, options)
        put_action(self, **{**options, "timezone": options.get("timezone") or "UTC"})

    def delete_scaling_policy(self: Any, **options: Any) -> None:
        if _policy_key(models, options) not in self.policies:
            raise _not_found(f"No scaling policy found with the name {options['policy_name']}.")
        delete_policy(self, **options)

    def delete_scheduled_action(self: Any, **options: Any) -> None:
        before = len(self.scheduled_actions)
        delete_action(self, **options)
        if len(self.scheduled_actions) == before:
            raise _not_found(f"No scheduled action found with the name {options['scheduled_action_name']}.")

    backend.put_scaling_policy, backend.put_scheduled_action = put_scaling_policy, put_scheduled_action
    backend.delete_scaling_policy, backend.delete_scheduled_action = delete_scaling_policy, delete_scheduled_action


def _policy_key(models: ModuleType, options: dict[str, Any]) -> str:
    members = ("service_namespace", "resource_id", "scalable_dimension", "policy_name")
    key: str = models.FakeApplicationAutoscalingPolicy.formulate_key(*(options[member] for member in members))
    return key


def _adjust_tags(models: ModuleType, responses: ModuleType) -> None:
    """Targets have tags. They are kept with the target, so that they are in the backend's snapshots."""
    response = responses.ApplicationAutoScalingResponse
    register = response.register_scalable_target

    def register_scalable_target(self: Any) -> str:
        answer: str = register(self)
        given = json.loads(self.body).get("Tags")
        if given:
            self.applicationautoscaling_backend.tags_of(json.loads(answer)["ScalableTargetARN"]).update(given)
        return answer

    backend: Any = models.ApplicationAutoscalingBackend
    backend.tags_of = _tags_of
    response.register_scalable_target = register_scalable_target
    response.tag_resource, response.untag_resource = _on_tags(_add), _on_tags(_remove)
    response.list_tags_for_resource = _on_tags(lambda tags, _: {"Tags": tags})


def _tags_of(backend: Any, arn: str) -> dict[str, str]:
    for targets in backend.targets.values():
        for target in targets.values():
            if target.arn == arn:
                tags: dict[str, str] = vars(target).setdefault("tags", {})
                return tags
    raise JsonRESTError("ResourceNotFoundException", f"The specified resource doesn't exist: {arn}")


def _on_tags(change: Callable[[dict[str, str], dict[str, Any]], dict[str, Any]]) -> Callable[[Any], str]:
    def operation(response: Any) -> str:
        request = json.loads(response.body)
        return json.dumps(change(response.applicationautoscaling_backend.tags_of(request["ResourceARN"]), request))

    return operation


def _add(tags: dict[str, str], request: dict[str, Any]) -> dict[str, Any]:
    tags.update(request["Tags"])
    return {}


def _remove(tags: dict[str, str], request: dict[str, Any]) -> dict[str, Any]:
    for key in request["TagKeys"]:
        tags.pop(key, None)
    return {}
