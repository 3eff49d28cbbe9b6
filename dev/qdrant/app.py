"""The web application: what happens around every request."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from .answers import failure, success, with_result_status
from .errors import ApiError, unsupported
from .faults import Fault, Script, reset
from .routes import HANDLERS, Call, Handler
from .store import Store

_FLUSH_SECONDS = 5
_BODY_LIMIT = 32 * 1024 * 1024
_OPEN_PATHS = {"/", "/healthz", "/livez", "/readyz"}


class Server:
    def __init__(self, folder: Path, api_key: str | None, server_version: str):
        self._store = Store(folder)
        self._api_key, self._server_version = api_key, server_version
        self._script = Script()

    def application(self) -> Starlette:
        routes = [self._route(method, path, handler) for (method, path), handler in HANDLERS.items()]
        control = [
            Route("/_control/faults", self._order_faults, methods=["POST"]),
            Route("/_control/faults", self._clear_faults, methods=["DELETE"]),
            Route("/_control/requests", self._show_requests, methods=["GET"]),
            Route("/_control/requests", self._clear_requests, methods=["DELETE"]),
        ]
        # Starlette tries routes in order, so this one sees only what the table above lacks.
        rest = Route("/{path:path}", self._unknown, methods=["GET", "PUT", "POST", "PATCH", "DELETE"])
        return Starlette(routes=[*control, *routes, rest], lifespan=self._lifespan)

    @contextlib.asynccontextmanager
    async def _lifespan(self, _: Starlette) -> AsyncIterator[None]:
        flusher = asyncio.create_task(self._flush_forever())
        yield
        flusher.cancel()
        self._store.close()

    async def _flush_forever(self) -> None:
        while True:
            await asyncio.sleep(_FLUSH_SECONDS)
            self._store.flush()

    def _route(self, method: str, path: str, handler: Handler) -> Route:
        async def endpoint(request: Request) -> Response:
            self._script.requests[f"{method} {path}"] += 1
            started = time.perf_counter()
            try:
                return await self._answer(request, handler, started)
            except ApiError as error:
                return failure(error.status, error.text, time.perf_counter() - started, error.headers)

        route = Route(path, endpoint, methods=[method])
        # Starlette adds HEAD to every GET; the server does not have it.
        route.methods = {method}
        return route

    async def _answer(self, request: Request, handler: Handler, started: float) -> Response:
        if refusal := self._refusal(request):
            return refusal
        # Faults come after the body: a client still sending it would see a broken pipe or an end of file, by chance.
        body = await _body(request)
        fault = self._script.next_fault(request.method, request.url.path)
        if fault and await self._strikes_before(fault, request):
            return Response()
        try:
            result = handler(Call(self._store, request, body, self._server_version))
        finally:
            # An error is an answer too, and gets lost like any other.
            if fault and fault.reset_after:
                reset(request)
        if isinstance(result, Response):
            return result
        if fault and fault.result_status:
            result = with_result_status(result, fault.result_status)
        return success(result, time.perf_counter() - started)

    def _refusal(self, request: Request) -> Response | None:
        if self._api_key is None or request.url.path in _OPEN_PATHS:
            return None
        key = request.headers.get("api-key") or request.headers.get("authorization", "").removeprefix("Bearer ")
        if key == self._api_key:
            return None
        text = "Invalid API key or JWT" if key else "Must provide an API key or an Authorization bearer token"
        return PlainTextResponse(text, 401)

    async def _strikes_before(self, fault: Fault, request: Request) -> bool:
        """Whether the fault ends the request before it has any effect."""
        if fault.delay_ms is not None:
            await asyncio.sleep(fault.delay_ms / 1000)
        if fault.status is not None:
            headers = None if fault.retry_after is None else {"retry-after": str(fault.retry_after)}
            raise ApiError(fault.status, f"Service internal error: injected {fault.status}", headers)
        if fault.reset_before:
            reset(request)
        return fault.reset_before

    async def _unknown(self, request: Request) -> Response:
        self._script.requests[f"{request.method} {request.url.path}"] += 1
        error = unsupported(f"{request.method} {request.url.path}")
        return self._refusal(request) or failure(error.status, error.text, 0)

    async def _order_faults(self, request: Request) -> Response:
        try:
            return JSONResponse({"waiting": self._script.order(await request.body())})
        except ApiError as error:
            return PlainTextResponse(error.text, error.status)

    async def _clear_faults(self, _: Request) -> Response:
        self._script.clear()
        return Response(status_code=204)

    async def _show_requests(self, _: Request) -> Response:
        return JSONResponse(dict(self._script.requests))

    async def _clear_requests(self, _: Request) -> Response:
        self._script.requests.clear()
        return Response(status_code=204)


async def _body(request: Request) -> bytes:
    """The whole body, refused like the server's when it is too long, before it is read where the length is given."""
    length = int(request.headers.get("content-length", 0))
    body = b"" if length > _BODY_LIMIT else await request.body()
    if (length := max(length, len(body))) > _BODY_LIMIT:
        raise ApiError(400, f"JSON payload ({length} bytes) is larger than allowed (limit: {_BODY_LIMIT} bytes).")
    return body
