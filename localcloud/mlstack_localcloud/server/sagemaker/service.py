"""SageMaker's API: operations by name, checked against AWS's model, answered by the resources.

Stages of a request: the body is read and checked (`validation`), the resource's operation runs, and its answer is cut
to what AWS's model has for it. What runs after the answer (jobs, executions, endpoints) belongs to the resources. The
downside of documents as plain JSON is that types end at the operations' borders; botocore's model is what holds them.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from mlstack_localcloud.server.authorization.authorizer import Denied
from mlstack_localcloud.server.sagemaker import arns, service_model, validation
from mlstack_localcloud.server.sagemaker.answers import error_answer, json_answer
from mlstack_localcloud.server.sagemaker.errors import ServiceError, access_denied, unknown_operation, validation_error
from mlstack_localcloud.server.sagemaker.execution.running_jobs import RunningJobs
from mlstack_localcloud.server.sagemaker.execution.workshop import Workshop
from mlstack_localcloud.server.sagemaker.features import wire
from mlstack_localcloud.server.sagemaker.features.offline import OfflineStore
from mlstack_localcloud.server.sagemaker.features.records import Records
from mlstack_localcloud.server.sagemaker.features.runtime import FeatureRuntime
from mlstack_localcloud.server.sagemaker.monitoring.executions import Executions
from mlstack_localcloud.server.sagemaker.ports import Origin
from mlstack_localcloud.server.sagemaker.resources.domains import Domains
from mlstack_localcloud.server.sagemaker.resources.endpoint_configs import EndpointConfigs
from mlstack_localcloud.server.sagemaker.resources.endpoints import Endpoints
from mlstack_localcloud.server.sagemaker.resources.feature_groups import FeatureGroups
from mlstack_localcloud.server.sagemaker.resources.hyperparameter_tuning_jobs import HyperParameterTuningJobs
from mlstack_localcloud.server.sagemaker.resources.job_definition_kinds import KINDS
from mlstack_localcloud.server.sagemaker.resources.job_definitions import JobDefinitions
from mlstack_localcloud.server.sagemaker.resources.mlflow_tracking_servers import MlflowTrackingServers
from mlstack_localcloud.server.sagemaker.resources.model_package_groups import ModelPackageGroups
from mlstack_localcloud.server.sagemaker.resources.model_packages import ModelPackages
from mlstack_localcloud.server.sagemaker.resources.models import Models
from mlstack_localcloud.server.sagemaker.resources.monitoring_schedules import MonitoringSchedules
from mlstack_localcloud.server.sagemaker.resources.pipeline_executions import PipelineExecutions
from mlstack_localcloud.server.sagemaker.resources.pipelines import Pipelines
from mlstack_localcloud.server.sagemaker.resources.processing_jobs import ProcessingJobs
from mlstack_localcloud.server.sagemaker.resources.tags import Tags
from mlstack_localcloud.server.sagemaker.resources.training_jobs import TrainingJobs
from mlstack_localcloud.server.sagemaker.resources.transform_jobs import TransformJobs
from mlstack_localcloud.server.sagemaker.serving.asynchronous import invocation as asynchronous
from mlstack_localcloud.server.sagemaker.serving.asynchronous.queues import AsyncQueues
from mlstack_localcloud.server.sagemaker.serving.asynchronous.work import Work
from mlstack_localcloud.server.sagemaker.serving.metrics import EndpointMetrics, MeasuredEvents
from mlstack_localcloud.server.sagemaker.serving.rollout import Rollouts
from mlstack_localcloud.server.sagemaker.state_events import StateEvents
from mlstack_localcloud.server.sagemaker.store import Store
from mlstack_localcloud.server.sagemaker.tracking.proxy import TrackingProxy

if TYPE_CHECKING:
    from werkzeug import Request, Response

    from mlstack_localcloud.server.sagemaker.ports import (
        Authorization,
        ClientFactory,
        Directories,
        Document,
        EventPublisher,
        ForeignPackages,
        Handler,
        Identity,
    )

_PRINCIPAL = "sagemaker.amazonaws.com"
_ASSUMED = {
    "CreateMlflowTrackingServer": ("RoleArn", arns.MLFLOW_TRACKING_SERVER, "TrackingServerName"),
    **{f"Create{each.operation}": ("RoleArn", each.resource_type, "JobDefinitionName") for each in KINDS.values()},
    "CreateModel": ("ExecutionRoleArn", arns.MODEL, "ModelName"),
    "CreateProcessingJob": ("RoleArn", arns.PROCESSING_JOB, "ProcessingJobName"),
    "CreateTrainingJob": ("RoleArn", arns.TRAINING_JOB, "TrainingJobName"),
}
"""The operations that try at once whether SageMaker may assume a role: the members with the role and the name."""
_log = logging.getLogger(__name__)


class SageMaker:
    """The service: one a daemon, safe to be called from many threads.

    Args:
        home: Where tables, jobs, endpoints and environments are kept.
        clients: Clients of the local cloud's own S3, STS and CloudWatch Logs.
        events: Where state changes are published.
        authorization: Tells who may do what.
        account: The account that it is the service of.
        foreign_package: Finds the versions of other accounts.
    """

    def __init__(
        self,
        home: Directories,
        clients: ClientFactory,
        events: EventPublisher,
        authorization: Authorization,
        *,
        account: str,
        foreign_package: ForeignPackages,
    ) -> None:
        self._account = account
        self._store = Store(home.sagemaker_database)
        self._running = RunningJobs()
        self._authorization = authorization
        workshop = Workshop(home, clients, authorization)
        self._rollouts = Rollouts(home.endpoints, workshop)
        self._metrics = EndpointMetrics(clients, self._rollouts.router)
        router = self._rollouts.router
        self._queues = AsyncQueues(self._store, router, Work(router, workshop, self._metrics))
        self._metrics.also_publish(self._queues.gauges)
        state_events = StateEvents(MeasuredEvents(events, self._metrics), self._store)
        tags = Tags(self._store)
        self._groups = groups = ModelPackageGroups(self._store, tags)
        self._packages = packages = ModelPackages(
            self._store, tags, groups, workshop.objects, state_events, foreign=foreign_package
        )
        models = Models(self._store, tags, packages, workshop.objects, state_events)
        configs = EndpointConfigs(self._store, tags, models)
        self._endpoints = Endpoints(
            store=self._store,
            tags=tags,
            models=models,
            configs=configs,
            rollouts=self._rollouts,
            metrics=self._metrics,
            running=self._running,
            events=state_events,
        )
        self._processing_jobs = ProcessingJobs(self._store, tags, workshop, self._running, state_events)
        self._training_jobs = TrainingJobs(self._store, tags, workshop, self._running, state_events)
        self._tuning_jobs = HyperParameterTuningJobs(
            self._training_jobs, self._store, tags, workshop, self._running, state_events
        )
        definitions = {name: JobDefinitions(self._store, tags, kind) for name, kind in KINDS.items()}
        monitored = Executions(self._store, self._processing_jobs, workshop.objects, self._rollouts.router)
        self._schedules = MonitoringSchedules(self._store, tags, definitions, monitored)
        self._transform_jobs = TransformJobs(models, self._store, tags, workshop, self._running, state_events)
        pipelines = Pipelines(self._store, tags, workshop.objects)
        self._executions = PipelineExecutions(
            store=self._store,
            pipelines=pipelines,
            call=self.call,
            running=self._running,
            objects=workshop.objects,
            events=state_events,
        )
        self._records = Records(home.features_database)
        self._offline = OfflineStore(self._store, self._records, clients)
        self._feature_groups = FeatureGroups(
            store=self._store,
            tags=tags,
            objects=workshop.objects,
            records=self._records,
            offline=self._offline,
            running=self._running,
        )
        self._features = FeatureRuntime(self._feature_groups, self._records, self._offline)
        tracking_servers = MlflowTrackingServers(self._store, tags, clients, home.tracking, workshop)
        self.tracking = TrackingProxy(tracking_servers, authorization)
        self._operations: dict[str, Handler] = {
            **tags.operations(),
            **groups.operations(),
            **packages.operations(),
            **models.operations(),
            **configs.operations(),
            **self._endpoints.operations(),
            **self._processing_jobs.operations(),
            **self._training_jobs.operations(),
            **self._tuning_jobs.operations(),
            **{name: handler for each in definitions.values() for name, handler in each.operations().items()},
            **self._schedules.operations(),
            **self._transform_jobs.operations(),
            **pipelines.operations(),
            **self._executions.operations(),
            **self._feature_groups.operations(),
            **tracking_servers.operations(),
            **Domains(self._store, tags).operations(),
        }

    def handle(self, operation: str, body: bytes, caller: Identity) -> Response:
        """Answer a request of the JSON 1.1 protocol.

        Args:
            operation: The operation's name, as in `X-Amz-Target: SageMaker.<operation>`.
            body: The request's body.
            caller: Who asks; the account and the region of the resources.

        Returns:
            The answer, or the error as AWS shapes it. Nothing is raised.
        """
        try:
            answer = self.call(operation, validation.parsed(body), caller)
        except ServiceError as error:
            return error_answer(error)
        except Exception:
            _log.exception("SageMaker.%s failed", operation)
            return error_answer(ServiceError("InternalFailure", "The local cloud failed; see its log.", 500))
        return json_answer(answer)

    def call(self, operation: str, request: Document, caller: Identity) -> Document:
        """Run an operation on a request that is not on the wire, with the same checks and the same rights.

        Raises:
            ServiceError: The request is refused.
        """
        handler = self._operations.get(operation)
        if handler is None:
            raise unknown_operation(operation)
        checked = validation.checked(service_model.input_shape(operation), request)
        self._authorize(operation, checked, caller)
        self._check_trust(operation, checked, caller)
        return service_model.answer(operation, handler(checked, caller))

    def _authorize(self, operation: str, request: Document, caller: Identity) -> None:
        try:
            self._authorization.authorize_operation(operation, request, caller.arn, caller.region)
        except Denied as denied:
            raise access_denied(str(denied)) from denied

    def _check_trust(self, operation: str, request: Document, caller: Identity) -> None:
        if operation not in _ASSUMED:
            return
        member, kind, name = _ASSUMED[operation]
        role = request.get(member)
        if role is None:
            return
        source = arns.arn(caller, kind, request[name])
        try:
            self._authorization.authorize_assumption(_PRINCIPAL, role, source, caller.region)
        except Denied as denied:
            raise validation_error(
                f"Could not assume role {role}. Please ensure that the role exists and allows principal '{_PRINCIPAL}' "
                f"to assume the role. ({denied})"
            ) from denied

    def invoke(self, endpoint: str, request: Request, caller: Identity) -> Response:
        """Answer an InvokeEndpoint request of the runtime API.

        Args:
            endpoint: The endpoint's name.
            request: The request, its body whole.
            caller: Who calls.

        Returns:
            What the model answered, or the error as AWS shapes it. Nothing is raised.
        """
        return self._endpoints.invoke(endpoint, request, caller)

    def invoke_async(self, endpoint: str, request: Request, caller: Identity) -> Response:
        """Answer an InvokeEndpointAsync request of the runtime API; as `invoke`."""
        return asynchronous.invoke(self._store, self._queues, endpoint, request, caller)

    def features(self, method: str, path: str, query: str, body: bytes, caller: Identity) -> Response | None:
        """Answer a request of Feature Store's runtime API.

        Args:
            method: The HTTP method.
            path: The path, as it was sent.
            query: The query string.
            body: The body.
            caller: Who calls.

        Returns:
            The answer, or the error as AWS shapes it; None for an operation that there is not. Nothing is raised.
        """
        route = wire.operation_of(method, path)
        return (
            None
            if route is None
            else wire.answer(self._features, route, query, body, caller, authorize=self._authorize)
        )

    def policy_of(self, region: str, group: str) -> str | None:
        """Return the policy of a model package group; None where it has none."""
        return self._groups.policy_of(region, group)

    def package(self, arn: str, region: str) -> Document:
        """Return a version by its ARN, for a service of another account.

        Raises:
            ServiceError: There is none.
        """
        return self._packages.existing(arn, Origin(self._account, region, ""))

    def resume(self) -> None:
        """Take up what ran when the daemon ended: endpoints serve again, jobs and executions have failed."""
        self._endpoints.resume(self._account)
        self._queues.resume()
        self._processing_jobs.resume(self._account)
        self._training_jobs.resume(self._account)
        self._tuning_jobs.resume(self._account)
        self._transform_jobs.resume(self._account)
        self._executions.resume(self._account)
        self._feature_groups.resume(self._account)
        self._schedules.resume()

    def close(self) -> None:
        """End what runs and close the tables."""
        self._schedules.close()
        self._running.stop_all()
        self.tracking.close()
        self._queues.close()
        self._metrics.close()
        self._rollouts.close()
        self._queues.wait()
        self._running.close()
        self._offline.close()
        self._records.close()
        self._store.close()
