"""All processes of one deployment of an endpoint: started together, watched, restarted, drained and ended together."""

from __future__ import annotations

import logging
import random
import shutil
import threading
import time
from functools import partial
from typing import TYPE_CHECKING

from mlstack_localcloud.server.sagemaker.serving.capture import Capture
from mlstack_localcloud.server.sagemaker.serving.capture_lines import CaptureSettings
from mlstack_localcloud.server.sagemaker.serving.instance import Instance
from mlstack_localcloud.server.sagemaker.serving.model_process import NotServingError
from mlstack_localcloud.server.sagemaker.serving.preparation import PreparationError, prepare
from mlstack_localcloud.server.sagemaker.serving.shadow import Shadow

if TYPE_CHECKING:
    from pathlib import Path

    from mlstack_localcloud.server.sagemaker.execution.workshop import Workshop
    from mlstack_localcloud.server.sagemaker.serving.deployment import Deployment
    from mlstack_localcloud.server.sagemaker.serving.model_process import ModelProcess

LOG_GROUP = "/aws/sagemaker/Endpoints/"
_SECONDS_BETWEEN_LOOKS = 0.5
_LONGEST_PAUSE = 30.0
_log = logging.getLogger(__name__)


class Fleet:
    """The processes of one deployment.

    Args:
        endpoint: The endpoint's name, for the log group.
        region: Its region.
        deployment: What is served.
        root: The directory of the deployment.
        workshop: What the processes are made with.

    Attributes:
        root: The directory of the deployment.
        deployment: What is served.
        capture: Keeps its calls, or None.
        shadow: Sends copies of its calls to the shadow variant, or None.
    """

    def __init__(self, endpoint: str, region: str, deployment: Deployment, root: Path, workshop: Workshop) -> None:
        self.deployment = deployment
        self._group = LOG_GROUP + endpoint
        self._region = region
        self.root = root
        self._workshop = workshop
        self._instances: list[Instance] = []
        self._closed = threading.Event()
        self.capture = self._new_capture(endpoint)
        self.shadow: Shadow | None = None

    def start(self) -> None:
        """Start all processes and wait until every one serves; after a failure none is left.

        Also a serverless model is stood up once, as in SageMaker, so that one that can't serve is found now. Then it
        sleeps until it is called.

        Raises:
            PreparationError: A model cannot be served; the message is the endpoint's FailureReason.
        """
        try:
            for variant in (*self.deployment.variants, *self.deployment.shadows):
                prepared = prepare(variant, self.root / variant.name, self._region, self._workshop)
                self._instances += [Instance(variant, prepared, number) for number in range(variant.processes)]
            for instance in self._instances:
                self._follow(instance)
                self._wait(instance)
                if instance.sleeps:
                    self._put_to_sleep(instance, idle=0)
        except BaseException:
            self.close()
            raise
        for variant in self.deployment.shadows:
            serving = partial(self._serving, variant.name)
            self.shadow = Shadow(variant, self.deployment.shadow_share, serving, self.capture)
        threading.Thread(target=self._watch, name=f"fleet-{self._group}", daemon=True).start()

    def choose(self, variant: str | None) -> tuple[str, ModelProcess] | None:
        """Return the variant and process for a call, or None when none serves now.

        Args:
            variant: The variant that the call is for; None lets the weights decide.

        Raises:
            LookupError: There is no such variant.
        """
        names = [candidate.name for candidate in self.deployment.variants]
        if variant is None:
            weights = [candidate.weight for candidate in self.deployment.variants]
            variant = names[0] if len(names) == 1 else random.choices(names, weights)[0]  # noqa: S311 - no secret
        elif variant not in names:
            raise LookupError(variant)
        for instance in self._instances:
            if instance.variant.name == variant and instance.sleeps and instance.wanted():
                threading.Thread(target=self._wake, args=(instance,), daemon=True).start()
        serving = self._serving(variant)
        return (variant, min(serving, key=lambda process: process.in_flight)) if serving else None

    def _serving(self, variant: str) -> list[ModelProcess]:
        return [each.process for each in self._instances if each.variant.name == variant and each.process.serving]

    def has(self, variant: str) -> bool:
        """Return whether there is a variant of a name."""
        return any(candidate.name == variant for candidate in self.deployment.variants)

    def in_flight(self) -> int:
        """Return how many calls are worked on."""
        return sum(instance.process.in_flight for instance in self._instances)

    def pids(self) -> dict[str, list[int]]:
        """Return the process ids of the instances that serve, by variant."""
        found: dict[str, list[int]] = {}
        for instance in self._instances:
            if instance.process.serving:
                found.setdefault(instance.variant.name, []).append(instance.process.pid)
        return found

    def close(self, *, remove: bool = False) -> None:
        """End all processes.

        Args:
            remove: Whether the deployment's directory goes as well.
        """
        self._closed.set()
        if self.shadow is not None:
            self.shadow.close()
        for instance in self._instances:
            instance.process.stop()
            if instance.follower is not None:
                instance.follower.pump(last=True)
        if self.capture is not None:
            self.capture.close()
        if remove:
            shutil.rmtree(self.root, ignore_errors=True)

    def _new_capture(self, endpoint: str) -> Capture | None:
        settings = CaptureSettings.of(self.deployment.capture)
        if settings is None:
            return None
        role = self.deployment.variants[0].container["_role"]

        def write(uri: str, content: bytes, key_id: str | None) -> None:
            self._workshop.objects.write(content, uri, self._region, role, key_id)

        return Capture(endpoint, settings, write)

    def _follow(self, instance: Instance) -> None:
        instance.follower = self._workshop.log(
            self._group, self._region, instance.stream, instance.process.log, instance.variant.container["_role"]
        )

    def _wait(self, instance: Instance) -> None:
        variant = instance.variant
        try:
            instance.process.wait_until_serving(variant.seconds_to_start, self._closed)
        except (NotServingError, OSError) as error:
            raise PreparationError(
                f"The primary container for production variant {variant.name} did not pass the ping health check. "
                f"Please check CloudWatch logs for this endpoint. {error}"
            ) from error

    def _watch(self) -> None:
        while not self._closed.wait(_SECONDS_BETWEEN_LOOKS):
            for instance in self._instances:
                try:
                    self._look_after(instance)
                except Exception:
                    _log.exception("An instance of %s could not be looked after", self._group)

    def _look_after(self, instance: Instance) -> None:
        if instance.asleep or instance.waking or (instance.sleeps and self._put_to_sleep(instance)):
            return
        if instance.follower is not None:
            instance.follower.pump(last=instance.process.ended)
        if not instance.process.ended:
            return
        if not instance.restart_at:
            _log.warning("A model server of %s ended: %s", self._group, instance.process.last_lines())
            instance.restart_at = time.monotonic() + instance.pause
            instance.pause = min(instance.pause * 2, _LONGEST_PAUSE)
        elif time.monotonic() >= instance.restart_at:
            instance.restart_at = 0.0
            self._start_again(instance)

    def _start_again(self, instance: Instance) -> None:
        process = instance.started()
        instance.process = process
        if self._closed.is_set():  # The fleet was ended in this moment and did not see the new process.
            process.stop()
            return
        self._follow(instance)
        threading.Thread(target=self._await_again, args=(instance, process), daemon=True).start()

    def _wake(self, instance: Instance) -> None:
        try:
            self._start_again(instance)
        except Exception:
            _log.exception("A model server of %s could not be started", self._group)
        finally:
            instance.waking = False

    def _put_to_sleep(self, instance: Instance, idle: float | None = None) -> bool:
        follower = instance.follower
        slept = instance.sleep(idle)
        if slept and follower is not None:
            follower.pump(last=True)
        return slept

    def _await_again(self, instance: Instance, process: ModelProcess) -> None:
        try:
            process.wait_until_serving(instance.variant.seconds_to_start, self._closed)
            instance.pause = 1.0
        except (NotServingError, OSError):
            process.stop()
