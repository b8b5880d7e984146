"""Who calls: noted for every request before an operation sees it."""

from __future__ import annotations

import asyncio
from contextvars import ContextVar
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from time import perf_counter

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from examples.compression.server.machine import Traffic
from generated.compression.api.errors import Unavailable, answer

_LONGEST_AGENT = 500


@dataclass(frozen=True)
class Caller:
    """What is kept of a caller."""

    address: IPv4Address | IPv6Address | None = None
    user_agent: str | None = None
    source: str = "api"


_NOBODY = Caller()
_caller: ContextVar[Caller] = ContextVar("caller", default=_NOBODY)


def caller() -> Caller:
    """Who calls the operation at work."""
    return _caller.get()


class Watch:
    """Notes the caller of each request, and how long its answer takes; whoever still waits at the end is told so."""

    def __init__(self, app: ASGIApp, traffic: Traffic) -> None:
        self._app = app
        self._traffic = traffic

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        _caller.set(_read(scope))
        self._traffic.active += 1
        begin = perf_counter()
        answered = False

        async def sending(message: Message) -> None:
            nonlocal answered
            answered = True
            await send(message)

        try:
            await self._app(scope, receive, sending)
        except asyncio.CancelledError:
            if answered:
                raise
            refusal = answer(Request(scope), Unavailable("The service is ending."))
            await refusal(scope, receive, send)
        finally:
            self._traffic.active -= 1
            self._traffic.answered((perf_counter() - begin) * 1000)


def _read(scope: Scope) -> Caller:
    headers = Headers(scope=scope)
    agent = headers.get("user-agent")
    host = scope["client"][0] if scope.get("client") else ""
    # Browsers say what a request is for; other clients do not.
    source = "web_ui" if "sec-fetch-mode" in headers else "api"
    return Caller(_address(host), agent[:_LONGEST_AGENT] if agent else None, source)


def _address(host: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None
