"""Whether Pulumi's own configuration lets a stack land where the specification says.

The region and the accounts that the provider accepts belong to the provider, so they stand in Pulumi's configuration
too. This compares the two before anything is declared.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pulumi
from mlstack_components.errors import UserError

from mlstack_stacks.spec.values import LOCAL_ACCOUNT, LOCAL_REGION

if TYPE_CHECKING:
    from mlstack_stacks.spec.stack import StackSpec

_VARIABLES = ("AWS_REGION", "AWS_DEFAULT_REGION")


def check_configuration(spec: StackSpec) -> None:
    """Refuses a stack that would land in another region or account than its specification says.

    Args:
        spec: The specification of the environment.

    Raises:
        UserError: The region or the accounts contradict it.
    """
    settings = pulumi.Config("aws")
    file = f"Pulumi.{spec.environment}.yaml"
    region, source = _region(spec, settings.get("region"), file)
    if region is not None and region != spec.region:
        place = spec.place("region")
        said = f"{spec.file.name}{f':{place.line}' if place else ''} says {spec.region}"
        raise UserError(
            f"{source} says the region {region}, {said}.",
            next_step=f"Unset {source}."
            if source in _VARIABLES
            else f"Make them agree, as by `pulumi config set aws:region {spec.region} -s {spec.environment}`.",
        )
    _check_accounts(spec, settings.get("allowedAccountIds"), file)


def _region(spec: StackSpec, setting: str | None, file: str) -> tuple[str | None, str]:
    """The region that the provider will use, as far as it can be known, and what says so."""
    if setting is not None:
        return setting, file
    if spec.is_local:  # Its provider runs already, and sees no variable of this process.
        return LOCAL_REGION, f"{file} names none, so the local cloud"
    source = next((name for name in _VARIABLES if os.environ.get(name)), "")
    return os.environ.get(source), source


def _check_accounts(spec: StackSpec, setting: str | None, file: str) -> None:
    if setting is None:
        if spec.is_local and spec.account != LOCAL_ACCOUNT:
            raise UserError(
                f"{file} does not say which account may be touched, so the local cloud would take its own, and "
                f"{spec.file.name} says {spec.account}.",
                next_step=f'Write `aws:allowedAccountIds: ["{spec.account}"]` below `config:` of {file}.',
            )
        if not spec.is_local:
            pulumi.log.warn(
                f"{file} does not say which account may be touched: wrong credentials would provision another one. "
                f'Set it with `pulumi config set --path "aws:allowedAccountIds[0]" {spec.account}`.'
            )
        return
    try:
        accounts = json.loads(setting)
    except json.JSONDecodeError:
        accounts = setting
    if not isinstance(accounts, list) or spec.account not in [str(account) for account in accounts]:
        raise UserError(
            f"{file} allows the accounts {setting}, {spec.file.name} says {spec.account}.",
            next_step="Correct one of them.",
        )
