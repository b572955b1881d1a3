"""mlstack.yaml: what it may hold, and how it is read.

`load` gives one environment's specification, `load_all` all of them, `json_schema` the schema for editors.
"""

from mlstack_stacks.spec.access import Roles
from mlstack_stacks.spec.cost import Assumptions, Cost
from mlstack_stacks.spec.data import Data
from mlstack_stacks.spec.feature_group import FeatureGroup
from mlstack_stacks.spec.gates import Gate
from mlstack_stacks.spec.load import load, load_all
from mlstack_stacks.spec.models import EnvironmentSpec, ProjectSpec
from mlstack_stacks.spec.network import Network
from mlstack_stacks.spec.notifications import Notifications
from mlstack_stacks.spec.registry import Registry
from mlstack_stacks.spec.scaling import Instances, Scaling, Schedule
from mlstack_stacks.spec.serverless import Serverless
from mlstack_stacks.spec.serving import Rollout, Serving
from mlstack_stacks.spec.steps import Evaluate, Framework, Objective, Prepare, Steps, Train, Tune
from mlstack_stacks.spec.storage import Storage
from mlstack_stacks.spec.values import LOCAL_ACCOUNT, LOCAL_ENVIRONMENT, LOCAL_REGION

__all__ = [
    "LOCAL_ACCOUNT",
    "LOCAL_ENVIRONMENT",
    "LOCAL_REGION",
    "Assumptions",
    "Cost",
    "Data",
    "EnvironmentSpec",
    "Evaluate",
    "FeatureGroup",
    "Framework",
    "Gate",
    "Instances",
    "Network",
    "Notifications",
    "Objective",
    "Prepare",
    "ProjectSpec",
    "Registry",
    "Roles",
    "Rollout",
    "Scaling",
    "Schedule",
    "Serverless",
    "Serving",
    "Steps",
    "Storage",
    "Train",
    "Tune",
    "load",
    "load_all",
]
