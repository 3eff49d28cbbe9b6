"""Confluence Cloud, REST version 1: `/wiki/rest/api/...`."""

from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ..auth import Caller, caller_of, refusal_headers
from ..paging import BadCursor, cut, whole_number
from ..query import QueryError, parse
from ..search import Found, search
from ..table import Run
from .cql import Cql
from .entries import Entry, runs
from .render import Expand, Renderer

BODY_LIMIT, EXPANDED_LIMIT, BARE_LIMIT = 50, 200, 1000
FOREIGN_BASE = "http://foreign.invalid/wiki"


def _renderer(request: Request) -> Renderer:
    return Renderer(request.app.state.store, str(request.base_url).rstrip("/"))


def _expand(request: Request) -> Expand:
    return Expand(",".join(request.query_params.getlist("expand")).split(","))


def _error(status: int, kind: str, text: str) -> JSONResponse:
    return JSONResponse({"statusCode": status, "data": {"authorized": True, "valid": False, "errors": [], "successful": False},
                         "message": f"com.atlassian.confluence.api.service.exceptions.{kind}: {text}"}, status)


def _not_found(id: str) -> JSONResponse:
    return _error(404, "NotFoundException", f"No content found with id : {id}")


def guarded(handler):
    """Wrong credentials are refused. No credentials make an anonymous caller, who sees an empty site."""

    async def guard(request: Request) -> Response:
        who = caller_of(request)
        if who is Caller.REFUSED:
            return JSONResponse({"statusCode": 401, "message": "Unauthorized"}, 401,
                                {**refusal_headers(who), "WWW-Authenticate": 'Basic realm="protected-area"'})
        return await handler(request)

    return guard


def _limit(request: Request, expand: Expand) -> int:
    cap = BODY_LIMIT if "body" in expand else EXPANDED_LIMIT if expand.names else BARE_LIMIT
    return min(cap, max(1, whole_number(request.query_params.get("limit"), 25)))


@guarded
async def content_search(request: Request) -> Response:
    store, renderer, expand = request.app.state.store, _renderer(request), _expand(request)
    text, limit = request.query_params.get("cql", ""), _limit(request, expand)
    language = Cql(store)
    try:
        query = parse(text)
        if query.where is None:
            raise QueryError("empty query")
        language.check(query.order)
        content = runs(store.pages) if caller_of(request) is Caller.ROBOT else []
        found = search(query, list(content), language)
        items, following, offset = cut(request, found, request.query_params.get("cursor"), limit, text)
    except QueryError:
        return JSONResponse({"statusCode": 400, "message": f"Could not parse cql : {text}"}, 400)
    except BadCursor:
        return _error(400, "BadRequestException", "Invalid cursor")
    results = [renderer.content(entry.copy(number), expand) for entry, number in items]
    return JSONResponse(_listing(request, renderer, results, offset, limit, following))


def _listing(request: Request, renderer: Renderer, results: list, start: int, limit: int, cursor: str | None) -> dict:
    path = request.url.path.removeprefix("/wiki")
    links = renderer.links(path)
    if cursor:
        kept = [(k, v) for k, v in request.query_params.multi_items() if k not in ("cursor", "limit", "start", "next")]
        paging = [("next", "true"), ("cursor", cursor), ("limit", limit), ("start", start + len(results))]
        links["next"] = f"{path}?{urlencode([*paging, *kept])}"
        if getattr(request.state, "paging_fault", None) == "foreign_next":
            links["next"] = FOREIGN_BASE + links["next"]
    return {"results": results, "start": start, "limit": limit, "size": len(results), "_links": links}


@guarded
async def content(request: Request) -> Response:
    store, id = request.app.state.store, request.path_params["id"]
    entry = _entry(store, id) if caller_of(request) is Caller.ROBOT else None
    if not entry:
        return _not_found(id)
    renderer = _renderer(request)
    result = renderer.content(entry, _expand(request))
    result["_links"] |= {"base": renderer.wiki, "context": "/wiki", "collection": "/rest/api/content"}
    return JSONResponse(result)


def _entry(store, id: str) -> Entry | None:
    number = id.removeprefix("att")
    if not number.isdigit():
        return None
    if page := store.pages.get(int(number)):
        # Version 1 denies archived and trashed pages unless their status is named.
        return Entry(page) if page.status == "current" else None
    language = Cql(store)
    found = search(parse(f"id = {number}"), list(runs(store.pages)), language)
    return next((entry.copy(number) for entry, number in found.page(0, 1)), None)


@guarded
async def children(request: Request) -> Response:
    store, renderer, expand = request.app.state.store, _renderer(request), _expand(request)
    id, kind = request.path_params["id"], request.path_params["kind"]
    page = store.pages.get(int(id)) if id.isdigit() and caller_of(request) is Caller.ROBOT else None
    if not page:
        return _not_found(id)
    items = page.attachments if kind == "attachment" else _comments(page, request)
    found = Found([Run(Entry(page, item), (0,)) for item in items])
    start, limit = whole_number(request.query_params.get("start"), 0), _limit(request, expand)
    shown = found.page(start, limit)
    results = [renderer.content(entry, expand) for entry, _ in shown]
    body = _listing(request, renderer, results, start, limit, None)
    after = start + len(results)
    if after < found.total:
        kept = [(k, v) for k, v in request.query_params.multi_items() if k not in ("start", "limit")]
        body["_links"]["next"] = f"/rest/api/content/{id}/child/{kind}?{urlencode([('limit', limit), ('start', after), *kept])}"
    return JSONResponse(body)


def _comments(page, request: Request) -> list:
    places = request.query_params.getlist("location")
    # Without depth=all only the heads of threads are listed.
    return [comment for comment in page.comments
            if (request.query_params.get("depth") == "all" or comment.parent is None)
            and (not places or ("footer" if comment.inline is None else "inline") in places)]


@guarded
async def spaces(request: Request) -> Response:
    renderer = _renderer(request)
    keys = sorted(renderer.store.spaces) if caller_of(request) is Caller.ROBOT else []
    asked = request.query_params.getlist("spaceKey")
    keys = [key for key in keys if not asked or key in asked]
    start, limit = whole_number(request.query_params.get("start"), 0), _limit(request, Expand([]))
    shown = keys[start:start + limit]
    body = _listing(request, renderer, [renderer.space(key) for key in shown], start, limit, None)
    if start + len(shown) < len(keys):
        body["_links"]["next"] = f"/rest/api/space?{urlencode({'limit': limit, 'start': start + len(shown)})}"
    return JSONResponse(body)


@guarded
async def space(request: Request) -> Response:
    renderer, key = _renderer(request), request.path_params["key"]
    if caller_of(request) is not Caller.ROBOT or key not in renderer.store.spaces:
        return _error(404, "NotFoundException", f"No space found with key : {key}")
    return JSONResponse(renderer.space(key))


@guarded
async def current_user(request: Request) -> Response:
    if caller_of(request) is Caller.ROBOT:
        return JSONResponse(_renderer(request).user("robot"))
    return JSONResponse({"type": "anonymous", "displayName": "Anonymous", "profilePicture": {}, "_links": {}})


PREFIX = "/wiki/rest/api"
routes = [
    Route(PREFIX + "/content/search", content_search),
    Route(PREFIX + "/content/{id}", content),
    Route(PREFIX + "/content/{id}/child/{kind:str}", children),
    Route(PREFIX + "/space", spaces),
    Route(PREFIX + "/space/{key}", space),
    Route(PREFIX + "/user/current", current_user),
]
