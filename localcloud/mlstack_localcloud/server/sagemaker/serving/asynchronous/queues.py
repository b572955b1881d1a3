"""The calls that wait, a queue an endpoint, and the threads that work them off.

A call is in the tables before it is acknowledged, and leaves them when its answer or its failure is in S3 and told. So
a restart of the daemon, or a `kill -9`, loses none; one that was worked on is worked on again.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter, defaultdict, deque
from dataclasses import replace
from typing import TYPE_CHECKING

from mlstack_localcloud.server.sagemaker import arns
from mlstack_localcloud.server.sagemaker.serving.asynchronous.request import AsyncRequest
from mlstack_localcloud.server.sagemaker.serving.asynchronous.work import EndedError, NotNowError
from mlstack_localcloud.server.sagemaker.serving.router import NoRouteError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlstack_localcloud.server.sagemaker.serving.asynchronous.work import Work
    from mlstack_localcloud.server.sagemaker.serving.metrics import Gauge
    from mlstack_localcloud.server.sagemaker.serving.router import Router
    from mlstack_localcloud.server.sagemaker.store import Store

KIND = "async-inference"
_NAME = "_name"
_MOST_THREADS = 32
_SECONDS_BETWEEN_TRIES = 0.25
_SECONDS_TO_CLOSE = 10.0
_log = logging.getLogger(__name__)

_Entry = tuple[str, AsyncRequest]


class AsyncQueues:
    """The queues of all endpoints.

    Args:
        store: The tables.
        router: Knows what serves.
        work: Works off a call.
    """

    def __init__(self, store: Store, router: Router, work: Work) -> None:
        self._store = store
        self._router = router
        self._work = work
        self._changed = threading.Condition()
        self._waiting: dict[str, deque[_Entry]] = defaultdict(deque)
        self._taken: dict[str, dict[str, AsyncRequest]] = defaultdict(dict)
        self._threads: Counter[str] = Counter()
        self._closed = threading.Event()

    def submit(self, asked: AsyncRequest) -> None:
        """Put a call at the end of its endpoint's queue."""
        region, endpoint = arns.region_of(asked.arn), arns.name_of(asked.arn, arns.ENDPOINT)
        number = self._store.next_number(KIND, region, endpoint)
        name = f"{endpoint}/{number:012d}"
        self._store.insert(KIND, region, name, {**asked.document(), _NAME: name})
        self._enqueue(name, asked)

    def resume(self) -> None:
        """Take up the calls that waited when the daemon ended."""
        for _, document in sorted(self._store.everywhere(KIND), key=lambda entry: str(entry[1][_NAME])):
            name = document.pop(_NAME)
            self._enqueue(name, AsyncRequest.of(document))

    def gauges(self) -> Iterator[Gauge]:
        """What CloudWatch is told of the queues.

        Names: https://docs.aws.amazon.com/sagemaker/latest/dg/async-inference-monitor.html
        """
        for arn, fleet in self._router.routes():
            if fleet.deployment.kind != "asynchronous":
                continue
            with self._changed:
                left = [*self._taken[arn].values(), *(asked for _, asked in self._waiting[arn])]
            instances = fleet.deployment.instances
            oldest = min((asked.received for asked in left), default=None)
            yield arn, "ApproximateBacklogSize", len(left), "Count"
            yield arn, "ApproximateBacklogSizePerInstance", len(left) / max(1, instances), "Count"
            yield arn, "HasBacklogWithoutCapacity", float(bool(left) and instances == 0), "Count"
            if oldest is not None:
                yield arn, "ApproximateAgeOfOldestRequest", time.time() - oldest, "Seconds"

    def close(self) -> None:
        """Take up no further call."""
        self._closed.set()

    def wait(self) -> None:
        """Wait until nothing is worked on any more."""
        with self._changed:
            self._changed.wait_for(lambda: not self._threads.total(), _SECONDS_TO_CLOSE)

    def _enqueue(self, name: str, asked: AsyncRequest) -> None:
        with self._changed:
            self._waiting[asked.arn].append((name, asked))
        self._start_thread(asked.arn)

    def _start_thread(self, arn: str) -> None:
        """Start another thread, where there is something to do and one more may work."""
        most = self._most_threads(arn)
        with self._changed:
            if self._closed.is_set() or not self._waiting[arn] or self._threads[arn] >= most:
                return
            self._threads[arn] += 1
        threading.Thread(target=self._work_off, args=(arn,), name=f"async-{arn}", daemon=True).start()

    def _most_threads(self, arn: str) -> int:
        deployment = self._router.deployment(arn)
        config = (deployment.asynchronous if deployment is not None else None) or {}
        each = int(config.get("ClientConfig", {}).get("MaxConcurrentInvocationsPerInstance", 1))
        processes = sum(variant.processes for variant in deployment.variants) if deployment is not None else 1
        return max(1, min(each * processes, _MOST_THREADS))

    def _work_off(self, arn: str) -> None:
        while (entry := self._taken_from(arn)) is not None:
            self._start_thread(arn)
            self._work_on(*entry)

    def _taken_from(self, arn: str) -> _Entry | None:
        with self._changed:
            if self._closed.is_set() or not self._waiting[arn]:
                self._threads[arn] -= 1
                self._changed.notify_all()
                return None
            name, asked = self._waiting[arn].popleft()
            self._taken[arn][name] = asked
            return name, asked

    def _work_on(self, name: str, asked: AsyncRequest) -> None:
        try:
            self._work.run(asked)
        except NotNowError:
            self._put_back(name, asked)
        except EndedError:
            self._try_again(name, asked)
        except NoRouteError:
            self._done(name, asked)
        except Exception:
            if not self._closed.is_set():
                _log.exception("A call of %s could not be worked off", asked.arn)
            self._try_again(name, asked)
        else:
            self._done(name, asked)

    def _try_again(self, name: str, asked: AsyncRequest) -> None:
        # The daemon that ends is no fault of the call, and its tables may be closed by now.
        if not self._closed.is_set():
            asked = replace(asked, attempts=asked.attempts + 1)
            kept = asked.document()
            self._store.update(KIND, arns.region_of(asked.arn), name, lambda body: body.update(kept), stamp=False)
        self._put_back(name, asked)

    def _put_back(self, name: str, asked: AsyncRequest) -> None:
        with self._changed:
            self._taken[asked.arn].pop(name, None)
            self._waiting[asked.arn].appendleft((name, asked))
        self._closed.wait(_SECONDS_BETWEEN_TRIES)

    def _done(self, name: str, asked: AsyncRequest) -> None:
        self._store.delete(KIND, arns.region_of(asked.arn), name)
        with self._changed:
            self._taken[asked.arn].pop(name, None)
