"""Whether the state of the environment can be kept, and where."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from mlstack_components.errors import MlstackError

from mlstack.cloud.errors import error_code, error_message, is_missing
from mlstack.engine.backend import backend_variables, recorded_backend
from mlstack.preflight.outcome import Outcome, Result

if TYPE_CHECKING:
    from mlstack.engine.backend import StateBackend
    from mlstack.preflight.subject import Subject

_USABLE = "Enabled"


def check(subject: Subject) -> Outcome:
    """Asks the backend.

    Args:
        subject: The environment.
    """
    spec, infra = subject.spec, subject.project.infra
    backend = None if spec.is_local else recorded_backend(infra, spec.environment)
    if backend is not None and backend_variables(infra, spec.environment):
        return _bootstrapped(subject, backend)
    try:
        count = len(subject.stack())
    except MlstackError as error:
        return Outcome(
            Result.FAILURE,
            f"The state cannot be read: {error.message}",
            error.next_step or f"Run `mlstack bootstrap {spec.environment}`, or log in to the backend that you have.",
        )
    where = "on this machine" if spec.is_local else os.environ.get("PULUMI_BACKEND_URL") or "where `pulumi login` went"
    is_up = f"has {count} resources" if count else "is not up yet"
    return Outcome.ok(f"The state is kept {where}; {spec.environment} {is_up}.")


def _bootstrapped(subject: Subject, backend: StateBackend) -> Outcome:
    """Looks at the bucket and the key that `mlstack bootstrap` made."""
    from botocore.exceptions import ClientError

    session, environment = subject.require_session(), subject.spec.environment
    again = f"Run `mlstack bootstrap {environment}`, which makes what is missing."
    try:
        session.client("s3").head_bucket(Bucket=backend.bucket, ExpectedBucketOwner=session.account)
        key = session.client("kms").describe_key(KeyId=backend.key_alias)["KeyMetadata"]
    except ClientError as error:
        if is_missing(error):
            message = f"{backend.url} or its key {backend.key_alias} is not there."
            return Outcome(Result.FAILURE, message, again)
        said = error_message(error).rstrip(".")
        return Outcome(
            Result.FAILURE,
            f"{backend.url} or its key may not be used: {said} ({error_code(error)}).",
            f"Ask for access to the bucket {backend.bucket} and the key {backend.key_alias}; if the bucket belongs to "
            "another account, do not write to it.",
        )
    if key["KeyState"] != _USABLE:
        message = f"The key {backend.key_alias} of the state is in the state {key['KeyState']}."
        return Outcome(Result.FAILURE, message, "Bring it back: `aws kms cancel-key-deletion`, `aws kms enable-key`.")
    return Outcome.ok(f"The state is kept in {backend.url}, which is there with its key.")
