"""Version 1 of the API as both editions have it; they differ in paging, people, dates and in what is left of it."""

from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from ..auth import Caller, caller_of, refusal_headers
from ..paging import BadCursor, whole_number
from ..query import QueryError, parse
from ..search import Found, search
from ..store import Store
from .cql import Cql
from .entries import runs
from .render import Expand, Renderer


def error(status: int, kind: str, text: str) -> JSONResponse:
    return JSONResponse({"statusCode": status, "data": {"authorized": True, "valid": False, "errors": [], "successful": False},
                         "message": f"com.atlassian.confluence.api.service.exceptions.{kind}: {text}"}, status)


def guarded(handler):
    """Wrong credentials are refused. No credentials make an anonymous caller, who sees an empty site."""

    async def guard(self, request: Request) -> Response:
        who = caller_of(request)
        if who is Caller.REFUSED:
            return JSONResponse({"statusCode": 401, "message": "Unauthorized"}, 401,
                                {**refusal_headers(who), "WWW-Authenticate": 'Basic realm="protected-area"'})
        return await handler(self, request)

    return guard


class Api:
    renderer: type[Renderer]

    def zone(self, store: Store) -> ZoneInfo:
        """What the edition reads date literals in."""
        raise NotImplementedError

    def cap(self, expand: Expand) -> int:
        """How many items a page holds at most."""
        raise NotImplementedError

    def cut(self, request: Request, found: Found, limit: int, cql: str) -> tuple[list, dict, int]:
        """The items of one page of a search, the query that continues it if any, and the page's offset."""
        raise NotImplementedError

    @guarded
    async def search(self, request: Request) -> Response:
        store, expand = request.app.state.store, self.expand(request)
        text = request.query_params.get("cql", "")
        language = Cql(store, self.zone(store))
        try:
            query = parse(text)
            if query.where is None:
                raise QueryError("empty query")
            language.check(query.order)
            found = search(query, list(runs(store)) if caller_of(request) is Caller.ROBOT else [], language)
            items, following, start = self.cut(request, found, self.limit(request, expand), text)
        except QueryError:
            return JSONResponse({"statusCode": 400, "message": f"Could not parse cql : {text}"}, 400)
        except BadCursor:
            return error(400, "BadRequestException", "Invalid cursor")
        if "body" in expand and any(entry.child is None and entry.page.broken for entry, _ in items):
            return error(504, "ServiceException", "gateway timeout")
        renderer = self.render(request)
        results = [renderer.content(entry.copy(number), expand) for entry, number in items]
        return JSONResponse(self.listing(request, results, start, self.limit(request, expand), following))

    @guarded
    async def current_user(self, request: Request) -> Response:
        if caller_of(request) is Caller.ROBOT:
            return JSONResponse(self.render(request).user("robot"))
        return JSONResponse({"type": "anonymous", "displayName": "Anonymous", "profilePicture": {}, "_links": {}})

    def render(self, request: Request) -> Renderer:
        return self.renderer(request.app.state.store, str(request.base_url).rstrip("/"))

    def expand(self, request: Request) -> Expand:
        return Expand(",".join(request.query_params.getlist("expand")).split(","))

    def limit(self, request: Request, expand: Expand) -> int:
        return min(self.cap(expand), max(1, whole_number(request.query_params.get("limit"), 25)))

    def listing(self, request: Request, results: list, start: int, limit: int, following: dict) -> dict:
        raise NotImplementedError
