"""The local cloud in the tests' own process: the real gateway and common services, a fresh SageMaker for each test."""

import threading

import boto3
from botocore.config import Config
from mlstack_localcloud.home import ACCOUNT, Home
from mlstack_localcloud.keys import ensure_keys
from mlstack_localcloud.ports import ensure_ports
from mlstack_localcloud.server.assembly import LocalCloud
from mlstack_localcloud.server.sagemaker_accounts import SageMakerAccounts

REGION = "us-east-1"


class RecordedEvents:
    """Keeps what is published, and publishes it."""

    def __init__(self, bus):
        self._bus = bus
        self.published = []

    def publish(self, **event):
        self.published.append(event)
        self._bus.publish(**event)

    def of(self, detail_type):
        return [event for event in self.published if event["detail_type"] == detail_type]


class Cloud:
    """One gateway for all tests: it takes long to start, and so do clients."""

    def __init__(self, root):
        home = Home(root).make()
        self._keys = ensure_keys(home)
        ports = ensure_ports(home)
        self._cloud = LocalCloud(home, self._keys, ports)
        self._cloud.start()
        self._cloud.gateway.sagemaker.close()
        self._lock = threading.Lock()
        self._made = {}
        self.url = f"http://127.0.0.1:{ports.gateway}"
        self.home = self.events = self.sagemaker = None

    def begin(self, root):
        """Put a fresh SageMaker behind the gateway."""
        self.home = Home(root).make()
        self.events = RecordedEvents(self._cloud.events)
        self._serve()

    def restart(self):
        """Close SageMaker and start another one on the same tables."""
        self.sagemaker.close()
        self._serve()

    def end(self):
        self.sagemaker.close()
        logs = self.client("logs")
        for group in logs.describe_log_groups(logGroupNamePrefix="/aws/sagemaker")["logGroups"]:
            logs.delete_log_group(logGroupName=group["logGroupName"])

    def close(self):
        self._cloud.close()

    def client(self, service, region=REGION):
        with self._lock:
            if (service, region) not in self._made:
                self._made[service, region] = self.session(region).client(
                    service,
                    endpoint_url=self.url,
                    config=Config(retries={"max_attempts": 1}, max_pool_connections=32, read_timeout=120),
                )
            return self._made[service, region]

    def session(self, region=REGION):
        return boto3.Session(self._keys.access_key_id, self._keys.secret_access_key, region_name=region)

    def _serve(self):
        accounts = SageMakerAccounts(self.home, self._cloud.clients, self.events, self._cloud.authorizer)
        self._cloud.gateway.sagemaker = accounts
        self.sagemaker = accounts.of(ACCOUNT)
        accounts.resume()
