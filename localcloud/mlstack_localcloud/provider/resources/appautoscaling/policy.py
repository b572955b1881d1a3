"""aws.appautoscaling.Policy."""

from mlstack_localcloud.provider.model import Call, ListOf, Name, Nested, Output, Property, ResourceType
from mlstack_localcloud.provider.resources.appautoscaling._key import KEY, KEY_PATTERN, KEY_PROPERTIES

_PUT = Call("PutScalingPolicy")

TYPE = ResourceType(
    "aws:appautoscaling/policy:Policy",
    service="application-autoscaling",
    id="{name}",
    import_id=f"{KEY_PATTERN}/(?P<name>[^/]+)",
    name=Name("name", longest=255),
    properties=(
        Property(
            "name",
            "PolicyName",
            replaces=True,
            source="terraform-provider-aws, internal/service/appautoscaling/policy.go",
        ),
        *KEY_PROPERTIES,
        Property("policyType", "PolicyType", default="StepScaling"),
        Property(
            "targetTrackingScalingPolicyConfiguration",
            "TargetTrackingScalingPolicyConfiguration",
            nested_defaults={"disableScaleIn": False},
        ),
        Property("stepScalingPolicyConfiguration", "StepScalingPolicyConfiguration"),
    ),
    nested=tuple(
        Nested(f"metricInterval{end}Bound", f"MetricInterval{end}Bound", text=True) for end in ("Lower", "Upper")
    ),
    outputs=(Output("arn", result="PolicyARN"),),
    create=_PUT,
    updates=(_PUT,),
    reads=(
        Call(
            "DescribeScalingPolicies",
            {**KEY, "PolicyNames": ListOf("name")},
            takes=(),
            out_of="ScalingPolicies",
            find={"PolicyName": "name", **KEY},
        ),
    ),
    deletes=(Call("DeleteScalingPolicy", {**KEY, "PolicyName": "name"}, takes=()),),
    gone=("ObjectNotFoundException",),
    not_implemented=("predictiveScalingPolicyConfiguration",),
)
