"""mlstack.yaml: what it may hold, and how it is read.

`load` gives one environment's specification, `load_all` all of them, `json_schema` the schema for editors.
"""

from mlstack_stacks.spec.access import Roles
from mlstack_stacks.spec.cost import Assumptions, Cost
from mlstack_stacks.spec.load import load, load_all
from mlstack_stacks.spec.models import (
    Data,
    EnvironmentSpec,
    Evaluate,
    Framework,
    Instances,
    Notifications,
    Prepare,
    ProjectSpec,
    Registry,
    Serving,
    Steps,
    Train,
)
from mlstack_stacks.spec.network import Network
from mlstack_stacks.spec.values import LOCAL_ACCOUNT, LOCAL_ENVIRONMENT, LOCAL_REGION, Gate

__all__ = [
    "LOCAL_ACCOUNT",
    "LOCAL_ENVIRONMENT",
    "LOCAL_REGION",
    "Assumptions",
    "Cost",
    "Data",
    "EnvironmentSpec",
    "Evaluate",
    "Framework",
    "Gate",
    "Instances",
    "Network",
    "Notifications",
    "Prepare",
    "ProjectSpec",
    "Registry",
    "Roles",
    "Serving",
    "Steps",
    "Train",
    "load",
    "load_all",
]
