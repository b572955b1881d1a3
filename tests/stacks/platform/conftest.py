"""A platform on disk, small enough to read in a test."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

SPEC = """\
name: acme
owner: platform-team
network: {zones: 2, cidr: 10.0.0.0/16, secrets: true}
roles: {permissions_boundary: "arn:aws:iam::111111111111:policy/boundary"}
logs: {retention_days: 90}
notifications: {emails: [platform-team@example.com]}
budget: {monthly_usd: 2000, alert_percent: [50]}
cost_tags: ["mlstack:project", "mlstack:environment"]
state: {bucket: acme-state}
continuous_integration:
  weather: {github: {repository: acme/weather}}
  churn: {gitlab: {project: acme/ml/churn}}
tracking: {size: medium}
workbench: {users: [ada, grace], idle_shutdown_minutes: 90}
environments:
  local: {roles: null}
  prod: {account: "111111111111", region: eu-west-1}
"""


@pytest.fixture
def write_platform(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Writes a platform with its program into the working directory and gives the path of its platform.yaml."""

    def write(spec: str = SPEC) -> Path:
        (tmp_path / "platform.yaml").write_text(spec)
        (tmp_path / "Pulumi.yaml").write_text("name: acme\nruntime: python\n")
        (tmp_path / "__main__.py").write_text(
            "from mlstack_stacks.platform import Platform\n\nPlatform.from_spec('platform.yaml')\n"
        )
        return Path("platform.yaml")

    monkeypatch.chdir(tmp_path)
    return write
