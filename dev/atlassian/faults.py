"""Scripted misbehaviour: which requests it meets, and what it does to them."""

import asyncio
import re
import socket
import struct
from dataclasses import dataclass, field

from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import Receive, Scope, Send

PAGING_KINDS = {"repeat_cursor", "empty_page_with_next", "short_page", "foreign_next", "empty_page"}
LIMIT = re.compile(r"[?&]limit=(\d+)")
LOGIN_PAGE = "<!DOCTYPE html><html><head><title>Log in - Haneul</title></head><body><form action='/login'></form></body></html>"


@dataclass
class Fault:
    match: str
    method: str | None = None
    after: int = 0  # matching requests let through first
    times: int = 1
    status: int | None = None
    headers: dict = field(default_factory=dict)
    body: object = None
    delay_ms: int = 0
    kind: str | None = None
    over_limit: int | None = None  # only requests that ask for more items than this: pages too heavy for the server
    # Pages that somebody edits just before the answer, by id: what moves while a listing is paged.
    page_edits: dict = field(default_factory=dict)
    # Issues that somebody edits just before the answer, by key: what moves while a listing is paged.
    edits: dict = field(default_factory=dict)

    def takes(self, method: str, path: str) -> bool:
        if self.match not in path or (self.method and self.method.upper() != method) or self.times <= 0:
            return False
        if self.over_limit is not None and self.over_limit >= int((LIMIT.search(path) or [0, 0])[1]):
            return False
        if self.after > 0:
            self.after -= 1
            return False
        self.times -= 1
        return True

    def answer(self) -> Response | None:
        """The scripted answer, or None when the real one is to be given (perhaps late or cut)."""
        if self.kind == "html_login":
            return HTMLResponse(LOGIN_PAGE, 200)
        if self.kind == "redirect":
            return RedirectResponse(str(self.body or "/login"), self.status or 302, self.headers)
        if self.status is None:
            return None
        if isinstance(self.body, (dict, list)):
            return JSONResponse(self.body, self.status, self.headers)
        return PlainTextResponse(self.body or "", self.status, self.headers)


class FaultScript:
    def __init__(self):
        self.faults: list[Fault] = []

    def replace(self, entries: list[dict]) -> None:
        self.faults = [Fault(**entry) for entry in entries]

    def pick(self, method: str, path: str) -> Fault | None:
        return next((fault for fault in self.faults if fault.takes(method, path)), None)


async def act_out(fault: Fault, app, scope: Scope, receive: Receive, send: Send) -> None:
    await asyncio.sleep(fault.delay_ms / 1000)
    if fault.kind in PAGING_KINDS:
        scope.setdefault("state", {})["paging_fault"] = fault.kind
    answer = fault.answer()
    if fault.kind == "reset":
        await _reset(receive)
    elif answer:
        await answer(scope, receive, send)
    elif fault.kind == "truncate":
        await _truncate(app, scope, receive, send)
    else:
        await app(scope, receive, send)


async def _reset(receive: Receive) -> None:
    # ASGI has no way to break a connection, so this reaches for the transport behind uvicorn's receive.
    transport = receive.__self__.transport
    linger_zero = struct.pack("ii", 1, 0)  # closes with RST in place of FIN
    transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger_zero)
    transport.abort()
    while (await receive())["type"] != "http.disconnect":
        continue


async def _truncate(app, scope: Scope, receive: Receive, send: Send) -> None:
    """The real answer cut in the middle, with a Content-Length that fits: valid HTTP, broken JSON."""
    start, body = {}, bytearray()

    async def collect(message):
        if message["type"] == "http.response.start":
            start.update(message)
        else:
            body.extend(message.get("body", b""))

    await app(scope, receive, collect)
    half = bytes(body[:len(body) // 2])
    headers = [(name, value) for name, value in start["headers"] if name.lower() != b"content-length"]
    start["headers"] = [*headers, (b"content-length", str(len(half)).encode())]
    await send(start)
    await send({"type": "http.response.body", "body": half})
