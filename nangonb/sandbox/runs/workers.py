"""Node.js processes that run deployed scripts, each in a thread of its own for the time of a run."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Any, TypeVar

from nangonb._node import NodeProcess

__all__ = ["Workers"]

T = TypeVar("T")


class Workers:
    """At most ``at_once`` runs at a time; the others wait. Processes are kept for later runs."""

    def __init__(self, at_once: int) -> None:
        self._at_once = at_once
        self._free: asyncio.Semaphore | None = None
        self._idle: list[NodeProcess] = []
        self._busy: set[NodeProcess] = set()

    async def run(self, work: Callable[[NodeProcess], T]) -> T:
        """What ``work`` gives or raises, in a thread. It may ask the event loop for things meanwhile."""
        if self._free is None:
            self._free = asyncio.Semaphore(self._at_once)
        async with self._free:
            process = self._idle.pop() if self._idle else NodeProcess()
            self._busy.add(process)
            try:
                return await _in_thread(lambda: work(process))
            finally:
                self._busy.discard(process)
                self._idle.append(process)

    def close(self) -> None:
        """End the processes; runs that are under way fail."""
        for process in [*self._idle, *self._busy]:
            process.close()


async def _in_thread(work: Callable[[], T]) -> T:
    # a daemon: a run that nobody waits for must not keep the sandbox from ending
    loop = asyncio.get_running_loop()
    done: asyncio.Future[T] = loop.create_future()

    def settle(result: Any, error: BaseException | None) -> None:
        if done.cancelled():
            return
        if error is None:
            done.set_result(result)
        else:
            done.set_exception(error)

    def run() -> None:
        result, error = None, None
        try:
            result = work()
        except BaseException as raised:
            error = raised
        if not loop.is_closed():
            loop.call_soon_threadsafe(settle, result, error)

    threading.Thread(target=run, name="nangonb-sandbox-script", daemon=True).start()
    return await done
