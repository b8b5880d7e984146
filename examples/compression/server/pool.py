"""Threads for long work, so that the event loop stays free."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor, Future
from queue import SimpleQueue
from threading import Thread
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


class Pool(Executor):
    """Runs functions in threads that end with the process: nothing waits for a compression that nobody wants."""

    def __init__(self, workers: int) -> None:
        self._work: SimpleQueue[Callable[[], None]] = SimpleQueue()
        for number in range(workers):
            Thread(target=self._serve, name=f"work-{number}", daemon=True).start()

    @property
    def waiting(self) -> int:
        """How many functions wait for a thread."""
        return self._work.qsize()

    def submit(self, function: Callable[P, R], /, *arguments: P.args, **options: P.kwargs) -> Future[R]:
        future: Future[R] = Future()

        def run() -> None:
            if not future.set_running_or_notify_cancel():
                return
            try:
                result = function(*arguments, **options)
            except BaseException as error:
                future.set_exception(error)
            else:
                future.set_result(result)

        self._work.put(run)
        return future

    async def run(self, function: Callable[..., R], *arguments: Any) -> R:
        """The result of a function that runs in a thread."""
        return await asyncio.wrap_future(self.submit(function, *arguments))

    def _serve(self) -> None:
        while True:
            self._work.get()()
