"""Calls over HTTP, one after the other, on one connection: the standard library's client, with limits."""

from __future__ import annotations

import http.client
import ssl
import time
from base64 import b64encode
from collections.abc import Mapping
from urllib.parse import quote, unquote, urlencode, urlsplit

from isotype.domain.values import replace
from isotype.service.live.model import Call, Limits, Reply, Unanswered

LARGEST = 64 * 2**20
"""No answer has more bytes."""

_DROPPED = (http.client.RemoteDisconnected, http.client.CannotSendRequest, ConnectionResetError, BrokenPipeError)


class Caller:
    """Asks one API below its address; `headers` go with every request, and are printed nowhere.

    Raises `Unanswered`. Redirects are answers like others. One that is `steady` keeps its connection for calls that
    change something too: such a call may be made twice.
    """

    def __init__(
        self,
        name: str,
        address: str,
        limits: Limits,
        headers: Mapping[str, str] | None = None,
        *,
        steady: bool = False,
    ) -> None:
        parts = urlsplit(address)
        self.name = name
        self._limits = limits
        self._steady = steady
        self._secure = parts.scheme == "https"
        self._host, self._port = parts.hostname or "", parts.port
        self._base = parts.path.rstrip("/")
        self._headers = {"Accept": "*/*", "User-Agent": "isotype", **_login(parts.username, parts.password)}
        self._headers |= headers or {}
        self._connection: http.client.HTTPConnection | None = None
        self._deadline = time.monotonic() + limits.seconds
        self.asked = 0

    @property
    def exhausted(self) -> bool:
        """Whether no further request may be made."""
        return self.asked >= self._limits.requests or time.monotonic() >= self._deadline

    def extend(self) -> None:
        """Allow what a run needs to clear up, whatever it has used."""
        self._limits = replace(self._limits, requests=2 * self.asked + 10)
        self._deadline = time.monotonic() + self._limits.seconds

    def ask(self, call: Call) -> Reply:
        """What the API answers to a call."""
        self.asked += 1
        target = self._base + quote(call.path, safe="/%:@!$&'()*+,;=~-._")
        if call.query:
            target += f"?{urlencode(call.query, quote_via=quote)}"
        headers = dict(self._headers) | dict(call.headers)
        body = None
        if call.body is not None:
            body = call.body.encode()
            headers["Content-Type"] = "application/json"
        method = call.operation.method.upper()
        if method != "GET" and not self._steady:
            # A connection that was kept may be closed just now, and what may change something is not sent twice.
            self.close()
        kept = self._connection is not None
        try:
            return self._asked(method, target, body, headers)
        except _DROPPED as error:
            self.close()
            if not kept:
                raise self._unanswered(error) from error
        except (OSError, http.client.HTTPException) as error:
            self.close()
            raise self._unanswered(error) from error
        self.asked += 1
        try:
            return self._asked(method, target, body, headers)
        except (OSError, http.client.HTTPException) as error:
            self.close()
            raise self._unanswered(error) from error

    def close(self) -> None:
        """Let the connection go."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _asked(self, method: str, target: str, body: bytes | None, headers: dict[str, str]) -> Reply:
        if self._connection is None:
            self._connection = self._opened()
        ends = time.monotonic() + self._limits.one
        self._connection.request(method, target, body, headers)
        response = self._connection.getresponse()
        content = bytearray()
        while part := response.read1(2**16):
            content += part
            if len(content) > LARGEST:
                self.close()
                raise self._failure("api-answer-too-large", f"an answer is larger than {LARGEST >> 20} MiB", "")
            if time.monotonic() > ends:
                raise TimeoutError
        # The end of what has a length is only noted by a read of everything.
        response.read()
        media = (response.getheader("Content-Type") or "").partition(";")[0].strip().lower()
        if response.will_close:
            self.close()
        return Reply(response.status, media, bytes(content))

    def _opened(self) -> http.client.HTTPConnection:
        if self._secure:
            context = ssl.create_default_context()
            return http.client.HTTPSConnection(self._host, self._port, timeout=self._limits.one, context=context)
        return http.client.HTTPConnection(self._host, self._port, timeout=self._limits.one)

    def _unanswered(self, error: Exception) -> Unanswered:
        if isinstance(error, TimeoutError):
            return self._failure("api-too-slow", "it does not answer in time", "give it more with --timeout")
        words = (error.strerror if isinstance(error, OSError) else "") or type(error).__name__
        when = "" if self.asked == 1 else f" after {self.asked} requests"
        return self._failure("cannot-connect", f"it cannot be asked{when}: {words}", "start it, or correct its URL")

    def _failure(self, code: str, fact: str, suggestion: str) -> Unanswered:
        return Unanswered(code, f"{self.name}: {fact}", suggestion)


def _login(user: str | None, password: str | None) -> dict[str, str]:
    if user is None:
        return {}
    pair = f"{unquote(user)}:{unquote(password or '')}"
    return {"Authorization": f"Basic {b64encode(pair.encode()).decode()}"}
