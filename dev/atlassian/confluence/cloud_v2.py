"""Confluence Cloud, REST version 2: the lists of pages and spaces used for an id census and for keys to ids."""

from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ..auth import Caller, caller_of, refusal_headers
from ..clock import confluence_time
from ..paging import BadCursor, cut, whole_number
from ..search import Found
from ..table import Run

LIMIT = 250
FOREIGN_SITE = "http://foreign.invalid"


def _error(status: int, code: str, title: str, headers: dict | None = None) -> JSONResponse:
    return JSONResponse({"errors": [{"status": status, "code": code, "title": title, "detail": None}]}, status, headers)


def guarded(handler):
    async def guard(request: Request, *more) -> Response:
        who = caller_of(request)
        if who is Caller.ROBOT:
            return await handler(request, *more)
        return _error(401, "UNAUTHORIZED", "Unauthorized", refusal_headers(who))

    return guard


async def pages(request: Request) -> Response:
    return await contents(request, "page")


async def blogposts(request: Request) -> Response:
    return await contents(request, "blogpost")


@guarded
async def contents(request: Request, kind: str) -> Response:
    store = request.app.state.store
    wanted = {id for value in request.query_params.getlist("space-id") for id in value.split(",")}
    # Without a status the list holds archived pages too.
    statuses = (",".join(request.query_params.getlist("status")) or "current,archived").split(",")
    runs = [run for run in store.pages.runs()
            if run.record.kind == kind and run.record.status in statuses and run.record.space in store.visible_spaces()
            and (not wanted or str(store.spaces[run.record.space]["id"]) in wanted)]
    found = Found(sorted(runs, key=lambda run: run.record.id))
    return _listing(request, found, lambda run_page, number: _page(store, store.pages.copy(run_page, number)))


@guarded
async def spaces(request: Request) -> Response:
    store = request.app.state.store
    keys = [key for value in request.query_params.getlist("keys") for key in value.split(",")]
    found = Found([Run(key, (0,)) for key in store.visible_spaces() if not keys or key in keys])
    return _listing(request, found, lambda key, _: {
        "id": str(store.spaces[key]["id"]), "key": key, "name": store.spaces[key]["name"], "type": "global",
        "status": "current", "homepageId": str(store.spaces[key]["homepage"]), "_links": {"webui": f"/spaces/{key}"}})


@guarded
async def space_permissions(request: Request) -> Response:
    store, id = request.app.state.store, request.path_params["id"]
    key = next((key for key in store.visible_spaces() if store.spaces[key]["id"] == id), None)
    if key is None:
        return _error(404, "NOT_FOUND", "Not Found")
    readers = store.space_readers[key]
    principals = [("user", store.people[person]["account"]) for person in readers.users]
    principals += [("group", f"group-{name}") for name in readers.groups]
    # Whoever may read may comment, too; the robot reads as an app.
    granted = [(kind, id, operation) for kind, id in principals for operation in (("read", "space"), ("create", "comment"))]
    granted.append(("role", "app", ("administer", "space")))
    found = Found([Run(entry, (0,)) for entry in enumerate(granted)])
    return _listing(request, found, lambda entry, _: _permission(*entry))


def _permission(number: int, granted: tuple) -> dict:
    kind, id, (operation, target) = granted
    return {"id": str(700_001 + number), "principal": {"type": kind, "id": id},
            "operation": {"key": operation, "targetType": target}}


@guarded
async def page(request: Request) -> Response:
    store = request.app.state.store
    found = store.pages.get(request.path_params["id"])
    return JSONResponse(_page(store, found)) if found else _error(404, "NOT_FOUND", "Not Found")


def _page(store, page) -> dict:
    account = store.people[page.author]["account"]
    return {"id": str(page.id), "status": page.status, "title": page.title, "spaceId": str(store.spaces[page.space]["id"]),
            "parentId": str(page.parent) if page.parent else None, "parentType": "page" if page.parent else None,
            "position": page.id % 1000, "authorId": account, "ownerId": account, "createdAt": confluence_time(page.created),
            "version": {"createdAt": confluence_time(page.updated), "message": "", "number": page.version,
                        "minorEdit": False, "authorId": account},
            "body": {}, "_links": {"webui": f"/spaces/{page.space}/pages/{page.id}", "tinyui": f"/x/{page.id:x}"}}


def _listing(request: Request, found: Found, render) -> Response:
    kept = [(k, v) for k, v in request.query_params.multi_items() if k not in ("cursor", "limit")]
    limit = min(LIMIT, max(1, whole_number(request.query_params.get("limit"), 25)))
    try:
        items, following, _ = cut(request, found, request.query_params.get("cursor"), limit, urlencode(kept))
    except BadCursor:
        return _error(400, "INVALID_REQUEST_PARAMETER", "Provided value for 'cursor' is not valid")
    base = str(request.base_url).rstrip("/") + "/wiki"
    links, headers = {"base": base}, {}
    if following:
        # `next` already holds /wiki although `base` ends in it: joining the two naively gives /wiki/wiki.
        links["next"] = f"{request.url.path}?{urlencode([('limit', limit), ('cursor', following), *kept])}"
        if getattr(request.state, "paging_fault", None) == "foreign_next":
            links["next"] = FOREIGN_SITE + links["next"]
        headers["Link"] = f'<{links["next"]}>; rel="next", <{base}>; rel="base"'
    return JSONResponse({"results": [render(*item) for item in items], "_links": links}, headers=headers)


PREFIX = "/wiki/api/v2"
routes = [
    Route(PREFIX + "/pages", pages),
    Route(PREFIX + "/pages/{id:int}", page),
    Route(PREFIX + "/blogposts", blogposts),
    Route(PREFIX + "/spaces", spaces),
    Route(PREFIX + "/spaces/{id:int}/permissions", space_permissions),
]
