"""A proxy before a Qdrant server that remembers every exchange."""

import http.client
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit


@dataclass
class Exchange:
    method: str
    path: str
    query: str
    body: bytes
    status: int
    answer: bytes

    def __str__(self) -> str:
        return f"{self.method} {self.path}{'?' + self.query if self.query else ''} -> {self.status}"


class Recorder:
    """Listens on a port of its own from construction to `close`; `exchanges` is what came by."""

    def __init__(self, server: str):
        self.exchanges: list[Exchange] = []
        self._server = urlsplit(server)
        self._proxy = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._proxy.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._proxy.server_address[1]}"
        threading.Thread(target=self._proxy.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._proxy.shutdown()
        self._proxy.server_close()

    def forward(self, method: str, target: str, headers: dict[str, str], body: bytes) -> http.client.HTTPResponse:
        secure = self._server.scheme == "https"
        connect = http.client.HTTPSConnection if secure else http.client.HTTPConnection
        connection = connect(self._server.netloc, timeout=60)
        connection.request(method, self._server.path.rstrip("/") + target, body or None, headers)
        return connection.getresponse()


def _handler(recorder: Recorder) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        # Header and body go out in two writes: without this the second waits for the first one's acknowledgement.
        disable_nagle_algorithm = True

        def _exchange(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            # No accept-encoding: what is recorded must be readable.
            headers = {name: value for name, value in self.headers.items()
                       if name.lower() in ("api-key", "content-type", "authorization")}
            response = recorder.forward(self.command, self.path, headers, body)
            answer = response.read()
            parts = urlsplit(self.path)
            recorder.exchanges.append(
                Exchange(self.command, parts.path, parts.query, body, response.status, answer))
            self.send_response(response.status)
            for name in ("content-type", "retry-after"):
                if value := response.headers.get(name):
                    self.send_header(name, value)
            self.send_header("content-length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        do_GET = do_PUT = do_POST = do_PATCH = do_DELETE = _exchange

        def log_message(self, *_: object) -> None:
            """The exchanges are the log."""

    return Handler
