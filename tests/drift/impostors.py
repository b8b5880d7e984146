"""Servers that are not what they should be."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def listening(answer: Callable[[socket.socket], None]) -> Iterator[int]:
    """The port of a server that treats each connection with `answer`."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection:
                    try:
                        answer(connection)
                    except OSError:
                        continue

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)
    thread.join(5)


def speaking(version: str) -> Callable[[socket.socket], None]:
    """Logs everybody in as a PostgreSQL of that version, and hangs up at the first question."""

    def answer(connection: socket.socket) -> None:
        while True:
            (length,) = struct.unpack("!i", connection.recv(4))
            body = connection.recv(length - 4)
            if struct.unpack("!i", body[:4])[0] not in (80877103, 80877104):
                break
            # No encryption here.
            connection.sendall(b"N")
        connection.sendall(
            _message(b"R", struct.pack("!i", 0))
            + _message(b"S", b"server_version\0" + version.encode() + b"\0")
            + _message(b"S", b"client_encoding\0UTF8\0")
            + _message(b"K", struct.pack("!ii", 1, 1))
            + _message(b"Z", b"I")
        )
        connection.recv(1)

    return answer


def http(connection: socket.socket) -> None:
    """Answers as a web server does."""
    connection.recv(1024)
    connection.sendall(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")


def _message(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack("!i", len(body) + 4) + body
