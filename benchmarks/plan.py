"""`mlstack plan` (check mode) beside a bare script that registers the same resources under mocks."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from benchmarks.local_cloud import BIN, own_home
from benchmarks.measure import Figure, command, in_pairs

SIZES = {60: 7, 500: 3}
"""Resources, and how many pairs are run."""
RESOURCES_AN_ENDPOINT = 5

# What a project's infra/__main__.py is given to grow: endpoints, as components.
MORE_OF_OURS = """
import os
from mlstack_components.aws.endpoint import Endpoint, EndpointArgs

for number in range(int(os.environ["ENDPOINTS"])):
    Endpoint(
        f"more-{number}",
        EndpointArgs(
            endpoint_name=f"more-{number}",
            model_package_arn="arn:aws:sagemaker:us-east-1:000000000000:model-package/more/1",
            role_arn="arn:aws:iam::000000000000:role/more",
            encryption_key_arn="arn:aws:kms:us-east-1:000000000000:key/more",
            instance_type="ml.m5.large",
        ),
    )
"""

BARE = """
import os
import runpy

import pulumi
import pulumi_aws as aws


class Mocks(pulumi.runtime.Mocks):
    def new_resource(self, args):
        return f"{args.name}-id", {**args.inputs, "arn": f"arn:{args.name}", "name": args.name, "bucket": args.name}

    def call(self, args):
        return {}


pulumi.runtime.set_mocks(Mocks(), project="by-hand", stack="local", preview=True)


def program():
    runpy.run_path(os.environ["BY_HAND"], run_name="__main__")
    for number in range(int(os.environ["ENDPOINTS"])):
        parent = pulumi.ComponentResource("bare:index:Endpoint", f"more-{number}")
        child = pulumi.ResourceOptions(parent=parent)
        logs = aws.cloudwatch.LogGroup(f"logs-{number}", aws.cloudwatch.LogGroupArgs(name=f"more-{number}"), child)
        model = aws.sagemaker.Model(
            f"model-{number}",
            aws.sagemaker.ModelArgs(
                execution_role_arn="arn:aws:iam::000000000000:role/more",
                primary_container=aws.sagemaker.ModelPrimaryContainerArgs(model_package_name="arn:more"),
            ),
            child,
        )
        variant = aws.sagemaker.EndpointConfigurationProductionVariantArgs(
            model_name=model.name, instance_type="ml.m5.large", initial_instance_count=1
        )
        configuration = aws.sagemaker.EndpointConfiguration(
            f"configuration-{number}", aws.sagemaker.EndpointConfigurationArgs(production_variants=[variant]), child
        )
        aws.sagemaker.Endpoint(
            f"endpoint-{number}", aws.sagemaker.EndpointArgs(endpoint_config_name=configuration.name), child
        )


pulumi.runtime.test(program)()
"""


def measure(folder: Path) -> Iterable[Figure]:
    """Limit: 1.2 x at 60 and at 500 resources."""
    project = folder / "weather"
    command([BIN / "mlstack", "init", "realtime", project, "--yes"], cwd=folder)()
    with (project / "infra" / "__main__.py").open("a") as program:
        program.write(MORE_OF_OURS)
    bare = folder / "bare.py"
    bare.write_text(BARE)
    # A home of its own: in the user's, an environment of this name may be up, and would be previewed by the engine.
    home = own_home(folder / "home")

    def plan_with(endpoints: int) -> Callable[[], str]:
        return command(
            [BIN / "mlstack", "plan", "local", "--json", "--cost"],
            cwd=project,
            env={**home, "ENDPOINTS": str(endpoints)},
        )

    alone = len(json.loads(plan_with(0)())["resources"])
    for size, runs in SIZES.items():
        plan = plan_with(max(0, (size - alone) // RESOURCES_AN_ENDPOINT))
        planned = len(json.loads(plan())["resources"])
        script = command(
            [sys.executable, bare],
            env={
                "ENDPOINTS": str((planned - _BY_HAND) // RESOURCES_AN_ENDPOINT),
                "BY_HAND": str(Path(__file__).parent / "by_hand" / "__main__.py"),
                "SOURCE": str(project),
            },
        )
        pairs = in_pairs(plan, script, runs=runs)
        yield Figure(
            f"mlstack plan / bare script, {planned} resources",
            pairs.ratio,
            "x",
            1.2,
            pairs.describe("mlstack", "bare"),
        )


_BY_HAND = 42
"""Resources of by_hand/__main__.py."""
