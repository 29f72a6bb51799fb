"""Terminates TLS in front of a PostgreSQL server that was built without it, in a process of its own.

``python -m sandbox.postgresql.tls_proxy --port 5433 --server 127.0.0.1:5432 --certificate F --key F``

A client asks for TLS with an SSLRequest message before anything else
(https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-SSL). A client that does not ask is
refused, as ``hostssl`` lines in pg_hba.conf do; only requests to cancel a statement may come in clear.
"""

from __future__ import annotations

import argparse
import contextlib
import select
import socket
import ssl
import struct
import threading

CANCEL_REQUEST, SSL_REQUEST, GSS_ENCRYPTION_REQUEST = 80877102, 80877103, 80877104
CHUNK_BYTES = 64 * 1024
HANDSHAKE_TIMEOUT_S = 10
CLOSE_TIMEOUT_S = 1
REFUSAL = (
    b"SFATAL\0VFATAL\0C28000\0Mno pg_hba.conf entry for a connection without encryption\0\0"  # ErrorResponse
)


def main() -> None:
    """Listen on 127.0.0.1 and 127.0.0.2 until the process is stopped."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.postgresql.tls_proxy", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--server", required=True, metavar="HOST:PORT")
    parser.add_argument("--certificate", required=True, metavar="FILE")
    parser.add_argument("--key", required=True, metavar="FILE")
    options = parser.parse_args()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(options.certificate, options.key)
    host, _, port = options.server.rpartition(":")
    listeners = [socket.create_server((own, options.port)) for own in ("127.0.0.1", "127.0.0.2")]
    while True:
        for listener in select.select(listeners, [], [])[0]:
            client, _ = listener.accept()
            arguments = (client, (host, int(port)), context)
            threading.Thread(target=serve, args=arguments, daemon=True).start()


def serve(client: socket.socket, server: tuple[str, int], context: ssl.SSLContext) -> None:
    """Forward one connection until either side closes it."""
    with contextlib.suppress(OSError), client:
        client.settimeout(HANDSHAKE_TIMEOUT_S)
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        first = _read_exactly(client, 8)
        if _code(first) == GSS_ENCRYPTION_REQUEST:
            client.sendall(b"N")
            first = _read_exactly(client, 8)
        if _code(first) == CANCEL_REQUEST:
            rest = _read_exactly(client, struct.unpack("!I", first[:4])[0] - len(first))
            with socket.create_connection(server) as upstream:
                upstream.sendall(first + rest)
            return
        if _code(first) != SSL_REQUEST:
            client.sendall(b"E" + struct.pack("!I", len(REFUSAL) + 4) + REFUSAL)
            return
        client.sendall(b"S")
        with context.wrap_socket(client, server_side=True) as secured, socket.create_connection(server) as up:
            up.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            secured.settimeout(None)
            _carry(secured, up)
            # Without it libpq reports an unexpected end where the server closes first, after a cancellation.
            secured.settimeout(CLOSE_TIMEOUT_S)
            secured.unwrap()


def _carry(secured: ssl.SSLSocket, server: socket.socket) -> None:
    other: dict[socket.socket, socket.socket] = {secured: server, server: secured}
    while True:
        # select does not report what TLS has decrypted already: it is in no kernel buffer.
        ready = [secured] if secured.pending() else select.select(list(other), [], [])[0]
        for side in ready:
            data = side.recv(CHUNK_BYTES)
            if not data:
                return
            other[side].sendall(data)


def _code(message: bytes) -> int:
    """The request code of a start-up message: the four bytes after its length."""
    return struct.unpack("!I", message[4:8])[0]


def _read_exactly(client: socket.socket, count: int) -> bytes:
    data = b""
    while len(data) < count:
        more = client.recv(count - len(data))
        if not more:
            raise ConnectionError("closed before the start-up message was complete")
        data += more
    return data


if __name__ == "__main__":
    main()
