"""Puts the local cloud together: which part gets which other part, and in which order they start and end."""

from __future__ import annotations

import threading
from contextlib import ExitStack
from importlib import metadata
from typing import TYPE_CHECKING

from .. import provider
from ..account_home import AccountHome
from .alarms import adjustments as alarm_adjustments
from .alarms.watch import AlarmWatch
from .authorization.authorizer import Authorizer
from .budgets_gaps import adjust as add_budget_operations
from .clients import Clients
from .codebuild.service import CodeBuild
from .cost_allocation_tag_gaps import adjust as add_cost_allocation_tags
from .cost_explorer_gaps import adjust as add_cost_explorer_operations
from .credentials import Credentials
from .event_bus import EventBus
from .gateway import Gateway
from .http_server import make_server
from .iam_gaps import adjust as add_iam_operations
from .moto_replication import adjust as tell_replications_whole
from .moto_services import MotoServices
from .persistence.blobs import BlobStore
from .persistence.kept_services import KeptServices
from .persistence.store import Store
from .replication import Replication
from .rule_schedules import RuleSchedules
from .sagemaker_accounts import SageMakerAccounts
from .schedules import adjustments as schedule_adjustments
from .schedules.watch import ScheduleWatch
from .security_token_service import SecurityTokenService
from .signature import Authenticator
from .web_identity import WebIdentities

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from ..home import Home
    from ..keys import Keys
    from ..ports import Ports

_DRAIN_SECONDS = 2.0


class LocalCloud:
    """All parts of one local cloud.

    Args:
        home: Its directories.
        keys: Its keys.
        ports: Where it listens.
    """

    def __init__(self, home: Home, keys: Keys, ports: Ports) -> None:
        self._ports = ports
        self._home = home
        credentials = Credentials(keys)
        self.authorizer = Authorizer()
        web_identities = WebIdentities(home.identity_providers)
        tokens = SecurityTokenService(credentials.sessions, web_identities, self.authorizer, account_of=keys.account_of)
        store = Store(home.services_database, metadata.version("moto"))
        self._services = services = MotoServices()
        self._common = KeptServices(services, store, BlobStore(home.blobs))
        self.gateway = Gateway(Authenticator(credentials), self.authorizer, tokens, self._common)
        endpoint_url = f"http://127.0.0.1:{ports.gateway}"
        self.clients = Clients(endpoint_url, credentials, tokens, self.gateway)
        self.events = EventBus(self.clients, self.authorizer)
        self.gateway.events = self.events
        self.gateway.replication = Replication(self.clients, self.authorizer)
        self.alarms = AlarmWatch(self.clients, self.events)
        self.gateway.alarms = self.alarms
        services.adjust_by(self.events.adjust, alarm_adjustments.adjust, add_budget_operations, tell_replications_whole)
        self.schedules = ScheduleWatch(self.clients, self.authorizer)
        services.adjust_by(add_cost_explorer_operations, schedule_adjustments.adjust)
        self.rule_schedules = RuleSchedules(self.events)
        services.adjust_by(add_cost_allocation_tags, add_iam_operations)
        self._running = ExitStack()

    def start(self) -> None:
        """Start every part; returns when all of them answer.

        The port is taken first: whoever asks before everything is back waits, and is not refused.
        """
        server = make_server(self.gateway, self._ports.gateway)
        server.prepare()
        self._common.open()
        self._running.callback(self._common.close)
        self.events.start()
        self._running.callback(self.events.close)
        sagemaker = SageMakerAccounts(self._home, self.clients, self.events, self.authorizer)
        self.gateway.sagemaker = sagemaker
        self._running.callback(server.stop)
        self._running.callback(sagemaker.close)
        self.gateway.codebuild = codebuild = CodeBuild(
            self._home, self.clients, self.events, self.authorizer, self._provider_of
        )
        self._running.callback(codebuild.close)
        # Before anybody is answered: a call of an endpoint that is about to serve again must wait, not fail.
        sagemaker.resume()
        codebuild.resume()
        threading.Thread(target=server.serve, name="gateway", daemon=True).start()
        self.alarms.start()
        self._running.callback(self.alarms.close)
        self.schedules.start()
        self._running.callback(self.schedules.close)
        self.rule_schedules.start()
        self._running.callback(self.rule_schedules.close)
        pulumi = provider.serve(self.clients, self._ports.provider, self._is_open)
        self._running.callback(lambda: pulumi.stop(_DRAIN_SECONDS).wait())
        self._services.warm_up()

    def _provider_of(self, role_arn: str) -> AbstractContextManager[int]:
        return provider.serving_under(role_arn, self.clients, self._is_open)

    def _is_open(self, account: str) -> bool:
        return AccountHome(self._home, account).is_open

    def close(self) -> None:
        """Stop every part, the last one that started first."""
        self._running.close()
