"""Endpoints: models that answer.

```
Creating -> InService | Failed
InService -> Updating -> InService                      (another configuration serves)
InService -> Updating -> RollingBack -> InService       (it could not, or an alarm tripped; the one before goes on)
InService | Failed -> Deleting -> gone
```
After a restart of the daemon, endpoints in service are started again while calls wait, and what was being made, changed
or deleted is taken up again.
"""

from __future__ import annotations

import logging
import re
import secrets
from functools import partial
from typing import TYPE_CHECKING, Any

from mlstack_localcloud.server.sagemaker import arns, state_events
from mlstack_localcloud.server.sagemaker.errors import validation_error
from mlstack_localcloud.server.sagemaker.execution.failures import fitting
from mlstack_localcloud.server.sagemaker.listing import Listing
from mlstack_localcloud.server.sagemaker.ports import Origin
from mlstack_localcloud.server.sagemaker.service_model import answer
from mlstack_localcloud.server.sagemaker.serving import invocation
from mlstack_localcloud.server.sagemaker.serving.deployment import Deployment, variant_of
from mlstack_localcloud.server.sagemaker.serving.endpoint_documents import (
    begin_update,
    busy,
    end_update,
    refuse_other_kind,
    refuse_other_variants,
    retained,
    scaled,
    show_progress,
    shown,
)
from mlstack_localcloud.server.sagemaker.serving.rollout import RolloutError, Rollouts
from mlstack_localcloud.server.sagemaker.serving.traffic import TrafficPlan
from mlstack_localcloud.server.sagemaker.store import now

if TYPE_CHECKING:
    from collections.abc import Callable

    from werkzeug import Request, Response

    from mlstack_localcloud.server.sagemaker.execution.running_jobs import RunningJobs, Signals
    from mlstack_localcloud.server.sagemaker.ports import Document, Handler, Identity
    from mlstack_localcloud.server.sagemaker.resources.endpoint_configs import EndpointConfigs
    from mlstack_localcloud.server.sagemaker.resources.models import Models
    from mlstack_localcloud.server.sagemaker.resources.tags import Tags
    from mlstack_localcloud.server.sagemaker.serving.metrics import EndpointMetrics
    from mlstack_localcloud.server.sagemaker.state_events import StateEvents
    from mlstack_localcloud.server.sagemaker.store import Store

KIND = arns.ENDPOINT

_LISTING = Listing(
    result="Endpoints",
    name="EndpointName",
    status="EndpointStatus",
    members=("EndpointName", "EndpointArn", "CreationTime", "LastModifiedTime", "EndpointStatus"),
)
_WORD = re.compile(r"(?<=[a-z])(?=[A-Z])")
_log = logging.getLogger(__name__)


class Endpoints:
    """The endpoints of all regions.

    Args:
        store: The tables.
        tags: The tags.
        models: What is served.
        configs: How it is served.
        rollouts: The processes that serve.
        metrics: Records calls.
        running: Where changes of endpoints run.
        events: Where changes are announced.
    """

    def __init__(
        self,
        *,
        store: Store,
        tags: Tags,
        models: Models,
        configs: EndpointConfigs,
        rollouts: Rollouts,
        metrics: EndpointMetrics,
        running: RunningJobs,
        events: StateEvents,
    ) -> None:
        self._store = store
        self._tags = tags
        self._models = models
        self._configs = configs
        self._rollouts = rollouts
        self._metrics = metrics
        self._running = running
        self._events = events

    def operations(self) -> dict[str, Handler]:
        """Return the operations by their names."""
        return {
            "CreateEndpoint": self.create,
            "DescribeEndpoint": self.describe,
            "ListEndpoints": self.list_page,
            "UpdateEndpoint": self.update,
            "UpdateEndpointWeightsAndCapacities": self.update_capacities,
            "DeleteEndpoint": self.delete,
        }

    def create(self, request: Document, caller: Identity) -> Document:
        """Make an endpoint; it is in service once all its model servers answer."""
        name = request["EndpointName"]
        arn = arns.arn(caller, KIND, name)
        deployment = self._deployment(request["EndpointConfigName"], caller, {})
        created = now()
        endpoint: Document = {
            "EndpointName": name,
            "EndpointArn": arn,
            "EndpointConfigName": deployment.config,
            "EndpointStatus": "Creating",
            "CreationTime": created,
            "LastModifiedTime": created,
            "_deployment": deployment.document(),
        }
        if "DeploymentConfig" in request:
            endpoint["LastDeploymentConfig"] = request["DeploymentConfig"]
        if not self._store.insert(KIND, caller.region, name, endpoint):
            raise validation_error(f'Cannot create already existing endpoint "{arn}".')
        self._tags.attach(arn, request)
        origin = Origin.of(caller)
        self._announce(endpoint, origin)
        self._start(arn, partial(self._bring_up, arn, origin, deployment))
        return {"EndpointArn": arn}

    def describe(self, request: Document, caller: Identity) -> Document:
        """Return an endpoint."""
        return shown(self._existing(request["EndpointName"], caller))

    def list_page(self, request: Document, caller: Identity) -> Document:
        """List endpoints."""
        return _LISTING.answer(request, self._store.documents(KIND, caller.region))

    def update(self, request: Document, caller: Identity) -> Document:
        """Let another configuration serve; no call fails meanwhile."""
        endpoint = self._existing(request["EndpointName"], caller)
        if endpoint["EndpointStatus"] != "InService":
            raise busy(endpoint)
        deployment = self._deployment(request["EndpointConfigName"], caller, retained(endpoint, request))
        refuse_other_kind(endpoint, deployment)
        self._rollouts.refuse_other_types(endpoint["EndpointArn"], Deployment.of(endpoint["_deployment"]), deployment)
        if request.get("RetainDeploymentConfig") and "LastDeploymentConfig" in endpoint:
            request = {**request, "DeploymentConfig": endpoint["LastDeploymentConfig"]}
        self._begin_update(endpoint, deployment, request, Origin.of(caller))
        return {"EndpointArn": endpoint["EndpointArn"]}

    def update_capacities(self, request: Document, caller: Identity) -> Document:
        """Change weights and instance counts of variants, as automatic scaling does; no call fails meanwhile."""
        endpoint = self._existing(request["EndpointName"], caller)
        deployment = scaled(endpoint, request["DesiredWeightsAndCapacities"])
        self._begin_update(endpoint, deployment, request, Origin.of(caller))
        return {"EndpointArn": endpoint["EndpointArn"]}

    def _begin_update(self, endpoint: Document, deployment: Deployment, request: Document, caller: Origin) -> None:
        arn, config = endpoint["EndpointArn"], request.get("DeploymentConfig")
        refuse_other_variants(endpoint, deployment, config)
        plan = TrafficPlan.of(config, deployment.instances)
        self._change(arn, caller, partial(begin_update, deployment=deployment, config=config))
        self._start(arn, partial(self._exchange, arn, caller, deployment, plan))

    def delete(self, request: Document, caller: Identity) -> Document:
        """Take an endpoint out of service; calls that it works on are answered."""
        endpoint = self._existing(request["EndpointName"], caller)
        arn, origin = endpoint["EndpointArn"], Origin.of(caller)

        def change(document: Document) -> None:
            if document["EndpointStatus"] not in {"InService", "Failed", "OutOfService"}:
                raise busy(document)
            document["EndpointStatus"] = "Deleting"

        self._change(arn, origin, change)
        self._start(arn, partial(self._take_down, arn, origin))
        return {}

    def invoke(self, name: str, request: Request, caller: Identity) -> Response:
        """Answer a call."""
        return invocation.invoke(self._rollouts.router, arns.arn(caller, KIND, name), request, caller, self._metrics)

    def resume(self, account: str) -> None:
        """Take up every endpoint where the daemon left it."""
        endpoints = self._store.everywhere(KIND)
        self._rollouts.sweep(
            {
                (endpoint["EndpointArn"], endpoint[member]["identifier"])
                for _, endpoint in endpoints
                for member in ("_deployment", "_pending")
                if member in endpoint
            }
        )
        for region, endpoint in endpoints:
            arn, status = endpoint["EndpointArn"], endpoint["EndpointStatus"]
            origin = Origin(account, region, f"arn:aws:iam::{account}:root")
            if status == "Deleting":
                self._start(arn, partial(self._take_down, arn, origin))
            elif status != "Failed":
                if status != "Creating":
                    self._rollouts.router.expect(arn)
                self._start(arn, partial(self._again, endpoint, origin))

    def _again(self, endpoint: Document, caller: Origin) -> None:
        arn = endpoint["EndpointArn"]
        self._bring_up(
            arn, caller, Deployment.of(endpoint["_deployment"]), quiet=endpoint["EndpointStatus"] != "Creating"
        )
        if "_pending" in endpoint:
            pending = Deployment.of(endpoint["_pending"])
            plan = TrafficPlan.of(endpoint.get("_deployment_config"), pending.instances)
            self._exchange(arn, caller, pending, plan)

    def _bring_up(self, arn: str, caller: Origin, deployment: Deployment, *, quiet: bool = False) -> None:
        try:
            self._rollouts.deploy(arn, deployment)
        except RolloutError as error:
            self._rollouts.router.remove(arn)
            self._rollouts.discard(arn, deployment)
            self._settle(arn, caller, "Failed", str(error))
        else:
            if not quiet:
                self._settle(arn, caller, "InService")

    def _exchange(self, arn: str, caller: Origin, deployment: Deployment, plan: TrafficPlan) -> None:
        adopt, progress = partial(self._adopt, arn, caller, deployment), partial(self._progress, arn, deployment)
        try:
            self._rollouts.deploy(arn, deployment, plan, adopt, progress)
        except RolloutError as error:
            self._rollouts.discard(arn, deployment)
            self._settle(arn, caller, "RollingBack", str(error))
            self._settle(arn, caller, "InService", str(error), pending=False)

    def _progress(self, arn: str, deployment: Deployment, stage: str, share: float) -> None:
        change = partial(show_progress, deployment=deployment, stage=stage, share=share)
        # Not a state change that is announced: only DescribeEndpoint shows it.
        self._store.update(KIND, arns.region_of(arn), arns.name_of(arn, KIND), change)

    def _adopt(self, arn: str, caller: Origin, deployment: Deployment) -> None:
        def change(document: Document) -> None:
            document.update(_deployment=deployment.document(), EndpointConfigName=deployment.config)
            end_update(document)
            document["EndpointStatus"] = "InService"

        self._change(arn, caller, change)

    def _take_down(self, arn: str, caller: Origin) -> None:
        self._rollouts.withdraw(arn)
        self._store.delete(KIND, caller.region, arns.name_of(arn, KIND))
        self._tags.detach(arn)

    def _settle(
        self, arn: str, caller: Origin, status: str, reason: str | None = None, *, pending: bool = True
    ) -> None:
        def change(document: Document) -> None:
            document["EndpointStatus"] = status
            if reason is not None:
                document["FailureReason"] = fitting(reason)
            if not pending:
                end_update(document)

        self._change(arn, caller, change)

    def _change(self, arn: str, caller: Origin, change: Callable[[Document], None]) -> None:
        endpoint = self._store.update(KIND, caller.region, arns.name_of(arn, KIND), change)
        if endpoint is not None:
            self._announce(endpoint, caller)

    def _start(self, arn: str, work: Callable[[], None]) -> None:
        def run(_signals: Signals) -> None:
            work()

        self._running.start(arn, run)

    def _deployment(self, config_name: str, caller: Identity, kept: dict[str, Any]) -> Deployment:
        config = self._configs.existing(config_name, caller)
        variants, shadows = (
            tuple(
                variant_of(
                    given,
                    self._models.served_container(given["ModelName"], caller),
                    kept.get(given["VariantName"], {}),
                )
                for given in config.get(member, ())
            )
            for member in ("ProductionVariants", "ShadowProductionVariants")
        )
        capture, asynchronous = config.get("DataCaptureConfig"), config.get("AsyncInferenceConfig")
        return Deployment(secrets.token_hex(6), config_name, variants, capture, asynchronous, shadows)

    def _existing(self, name: str, caller: Identity) -> Document:
        endpoint = self._store.get(KIND, caller.region, name)
        if endpoint is None:
            raise validation_error(f'Could not find endpoint "{arns.arn(caller, KIND, name)}".')
        return endpoint

    def _announce(self, endpoint: Document, caller: Identity) -> None:
        detail = answer("DescribeEndpoint", shown(endpoint))
        # Events write statuses as IN_SERVICE, by the examples in the developer guide.
        detail["EndpointStatus"] = _WORD.sub("_", detail["EndpointStatus"]).upper()
        self._events.changed(state_events.ENDPOINT, endpoint["EndpointArn"], detail, caller)
