"""What all of Application Auto Scaling is found by."""

from mlstack_localcloud.provider.model import Property, Source

KEY: dict[str, Source] = {
    "ServiceNamespace": "serviceNamespace",
    "ResourceId": "resourceId",
    "ScalableDimension": "scalableDimension",
}
KEY_PROPERTIES = tuple(
    Property(
        name, member, required=True, replaces=True, source="terraform-provider-aws, internal/service/appautoscaling"
    )
    for name, member in (
        ("serviceNamespace", "ServiceNamespace"),
        ("resourceId", "ResourceId"),
        ("scalableDimension", "ScalableDimension"),
    )
)
KEY_PATTERN = "(?P<serviceNamespace>[^/]+)/(?P<resourceId>.+)/(?P<scalableDimension>[^/]+)"
