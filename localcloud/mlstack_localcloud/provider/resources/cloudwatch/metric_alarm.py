"""aws.cloudwatch.MetricAlarm."""

from mlstack_localcloud.provider.model import (
    Call,
    Kind,
    ListOf,
    Name,
    Nested,
    Output,
    Property,
    ResourceType,
    Tags,
)

_PUT = Call("PutMetricAlarm")

TYPE = ResourceType(
    "aws:cloudwatch/metricAlarm:MetricAlarm",
    service="cloudwatch",
    id="{name}",
    name=Name("name", longest=255),
    properties=(
        Property("name", "AlarmName"),
        Property("actionsEnabled", "ActionsEnabled", default=True),
        Property("alarmActions", "AlarmActions", kind=Kind.SET),
        Property("alarmDescription", "AlarmDescription"),
        Property("comparisonOperator", "ComparisonOperator", required=True),
        Property("datapointsToAlarm", "DatapointsToAlarm"),
        Property("dimensions", "Dimensions"),
        Property("evaluateLowSampleCountPercentiles", "EvaluateLowSampleCountPercentile"),
        Property("evaluationPeriods", "EvaluationPeriods", required=True),
        Property("extendedStatistic", "ExtendedStatistic"),
        Property("insufficientDataActions", "InsufficientDataActions", kind=Kind.SET),
        Property("metricName", "MetricName"),
        Property("metricQueries", "Metrics", kind=Kind.SET),
        Property("namespace", "Namespace"),
        Property("okActions", "OKActions", kind=Kind.SET),
        Property("period", "Period"),
        Property("statistic", "Statistic"),
        Property("threshold", "Threshold"),
        Property("treatMissingData", "TreatMissingData", default="missing"),
        Property("unit", "Unit"),
    ),
    outputs=(Output("arn", text="arn:{partition}:cloudwatch:{region}:{account}:alarm:{name}"),),
    nested=(
        Nested("metric", "MetricStat"),
        Nested("dimensions", "Dimensions", pairs=True),
        Nested("", "Metric", lifted=True),
    ),
    create=_PUT,
    updates=(_PUT,),
    reads=(
        Call(
            "DescribeAlarms",
            {"AlarmNames": ListOf("name")},
            takes=(),
            out_of="MetricAlarms",
            find={"AlarmName": "name"},
        ),
    ),
    deletes=(Call("DeleteAlarms", {"AlarmNames": ListOf("name")}, takes=()),),
    tags=Tags(
        put=Call("TagResource", {"ResourceARN": "arn"}, takes=()),
        put_member="Tags",
        remove=Call("UntagResource", {"ResourceARN": "arn"}, takes=()),
        remove_member="TagKeys",
        read=Call("ListTagsForResource", {"ResourceARN": "arn"}, takes=()),
        result="Tags",
        create_member="Tags",
    ),
    gone=("ResourceNotFound", "ResourceNotFoundException"),
    # Anomaly bands, PromQL and windows are not evaluated.
    not_implemented=(
        "evaluationCriteria",
        "evaluationInterval",
        "evaluationWindow",
        "thresholdMetricId",
        "warmUpConfiguration",
    ),
)
