"""Which key of platform.yaml a resource's property comes from, as `mlstack_stacks.spec_keys` of mlstack.yaml."""

from __future__ import annotations

from mlstack_stacks.spec_keys import Origin

ORIGINS: tuple[Origin, ...] = (
    Origin("*", "tags", "owner"),
    Origin("vpc", "cidrBlock", "network.cidr"),
    Origin("private-*", "cidrBlock", "network.cidr"),
    Origin("private-*", "availabilityZone", "network.zones"),
    Origin("*", "permissionsBoundary", "roles.permissions_boundary"),
    Origin("processing-logs", "retentionInDays", "logs.retention_days"),
    Origin("training-logs", "retentionInDays", "logs.retention_days"),
    Origin("transform-logs", "retentionInDays", "logs.retention_days"),
    Origin("*@*", "endpoint", "notifications.emails"),
    Origin("budget", "limitAmount", "budget.monthly_usd"),
    Origin("budget", "notifications", "budget.alert_percent"),
    Origin("*", "tagKey", "cost_tags"),
    Origin("tracking-server", "trackingServerSize", "tracking.size"),
    Origin("*-deploy*", "", "continuous_integration"),
    Origin("*-plan*", "", "continuous_integration"),
    Origin("*-pipeline*", "", "continuous_integration"),
    Origin("*", "clientIdLists", "continuous_integration"),
    Origin("*", "url", "continuous_integration"),
    Origin(
        "workbench-domain", "defaultUserSettings.jupyterLabAppSettings.defaultResourceSpec", "workbench.instance_types"
    ),
    Origin("workbench-domain", "defaultUserSettings.jupyterLabAppSettings", "workbench.idle_shutdown_minutes"),
    Origin("workbench-*", "", "workbench.users"),
    Origin("*", "", "name"),
)
"""The rows, those that say more first."""

NOT_SENT: dict[str, str] = {
    "cloud": "chooses the components",
    "cost": "provisions nothing",
    "network.secrets": "says whether there is a resource",
    "network.vpc": "is an output alone",
    "network.subnets": "is an output alone",
    "network.security_groups": "is an output alone",
    "state": "a part of policies, whose text is known only when they are made",
    "identity_providers": "a part of policies, whose text is known only when they are made",
}
"""Keys that AWS can't refuse, each with everything below it, and the reason."""
