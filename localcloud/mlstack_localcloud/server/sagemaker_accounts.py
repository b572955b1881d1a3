"""SageMaker of all accounts: a service of its own each, so that nothing of one is ever found in another.

Only versions of models are met across accounts. An operation that names another account's group or version by its ARN
is judged by both accounts' policies and answered by the service of that account.
https://docs.aws.amazon.com/sagemaker/latest/dg/model-registry-deploy-xaccount.html
"""

from __future__ import annotations

import json
import threading
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ..account_home import AccountHome, known_accounts
from .authorization.access import Access
from .authorization.authorizer import Denied
from .authorization.sources import account_of
from .sagemaker.errors import access_denied
from .sagemaker.service import SageMaker

if TYPE_CHECKING:
    from werkzeug.wrappers import Request, Response

    from ..home import Home
    from .authorization.authorizer import Authorizer
    from .caller import Caller
    from .clients import Clients
    from .event_bus import EventBus
    from .sagemaker.ports import Document, Identity
    from .wire import WireRequest

_ACROSS_ACCOUNTS = {
    "CreateModelPackage": "ModelPackageGroupName",
    "DescribeModelPackage": "ModelPackageName",
    "DescribeModelPackageGroup": "ModelPackageGroupName",
    "ListModelPackages": "ModelPackageGroupName",
    "UpdateModelPackage": "ModelPackageArn",
}
"""The operations that another account's group policy can allow, with the member that names group or version."""


class SageMakerAccounts:
    """One SageMaker an account, made when it is first asked for.

    Args:
        home: The local cloud's directories.
        clients: Clients of the local cloud's services.
        events: Where state changes are published.
        authorizer: Tells who may do what.
    """

    def __init__(self, home: Home, clients: Clients, events: EventBus, authorizer: Authorizer) -> None:
        self._home = home
        self._clients = clients
        self._events = events
        self._authorizer = authorizer
        self._services: dict[str, SageMaker] = {}
        self._making = threading.Lock()
        authorizer.find_group_policies_by(lambda account, region, name: self.of(account).policy_of(region, name))

    def of(self, account: str) -> SageMaker:
        """Return the service of an account.

        Args:
            account: The account, 12 digits.
        """
        found = self._services.get(account)
        if found is not None:
            return found
        with self._making:
            if account not in self._services:
                directories = AccountHome(self._home, account).make()
                self._services[account] = SageMaker(
                    directories,
                    self._clients.of(account),
                    self._events,
                    self._authorizer,
                    account=account,
                    foreign_package=self._package,
                )
            return self._services[account]

    def handle(self, operation: str, body: bytes, caller: Caller) -> Response:
        """Answer an operation: in the caller's account, or in that of the version that it names."""
        owner = _owner(operation, body) or caller.account
        return self.of(owner).handle(operation, body, replace(caller, account=owner))

    def call(self, operation: str, request: dict[str, Any], caller: Caller) -> dict[str, Any]:
        """Run an operation that is not on the wire, in the caller's account."""
        return self.of(caller.account).call(operation, request, caller)

    def invoke(self, endpoint: str, request: Request, caller: Caller) -> Response:
        """Answer an invocation of an endpoint of the caller's account."""
        return self.of(caller.account).invoke(endpoint, request, caller)

    def invoke_async(self, endpoint: str, request: Request, caller: Caller) -> Response:
        """Answer an asynchronous invocation of an endpoint of the caller's account."""
        return self.of(caller.account).invoke_async(endpoint, request, caller)

    def features(self, method: str, path: str, query: str, body: bytes, caller: Caller) -> Response | None:
        """Answer a request for records of feature groups of the caller's account."""
        return self.of(caller.account).features(method, path, query, body, caller)

    def track(self, request: WireRequest, caller: Caller) -> Response:
        """Answer a signed call of MLflow's API, of a tracking server of the caller's account."""
        return self.of(caller.account).tracking.signed(request, caller.arn, caller.region)

    def from_browser(self, request: WireRequest) -> Response | None:
        """Answer a browser that was let in to a tracking server of any account, or return None where it was not."""
        answers = [service.tracking.from_browser(request) for service in list(self._services.values())]
        # An invitation is good in one account and refused by the others.
        return min((each for each in answers if each is not None), key=lambda each: each.status_code, default=None)

    def resume(self) -> None:
        """Take up what ran in any account when the daemon ended."""
        for account in known_accounts(self._home):
            if AccountHome(self._home, account).sagemaker_database.exists():
                self.of(account).resume()

    def close(self) -> None:
        """End what runs and close the tables."""
        for service in list(self._services.values()):
            service.close()

    def _package(self, arn: str, caller: Identity, *, to_make_a_model: bool) -> Document:
        if to_make_a_model:
            try:
                self._authorizer.check(
                    caller.arn, [Access("sagemaker:CreateModel", arn)], {"aws:requestedregion": (caller.region,)}
                )
            except Denied as denied:
                raise access_denied(str(denied)) from denied
        return self.of(account_of(arn)).package(arn, caller.region)


def _owner(operation: str, body: bytes) -> str:
    member = _ACROSS_ACCOUNTS.get(operation)
    request: Any = {}
    if member is not None and b"arn:" in body:
        # What is no JSON is refused by the service in its own words.
        with suppress(ValueError):
            request = json.loads(body)
    name = request.get(member) if isinstance(request, dict) else None
    account = account_of(name) if isinstance(name, str) else ""
    return account if account.isdecimal() else ""
