"""Confluence Data Center below a context path of its own: `/confluence/rest/api/...`.

Pages by offset; a search cuts pages silently and leaves the link to the next one out. People have user names and keys, dates
stand in the server's zone, and date literals are read in the caller's.
"""

from datetime import datetime
from urllib.parse import quote_plus, urlencode
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ..auth import Caller, caller_of
from ..paging import whole_number
from ..search import Found, search
from ..query import parse
from ..store import Store
from ..table import Run
from .cql import Cql
from .entries import Entry, runs
from .render import Expand, Renderer
from .v1 import Api, error, guarded

BODY_LIMIT, LIMIT = 20, 100


class DataCenterRenderer(Renderer):
    context = "/confluence"

    def time(self, moment: datetime) -> str:
        return moment.astimezone(self.store.clock.instance).isoformat(timespec="milliseconds")

    def user(self, person: str) -> dict:
        who = self.store.people[person]
        return {"type": "known", "username": person, "userKey": f"8a7f{sum(person.encode()):028d}", "displayName": who["name"],
                "_links": {"self": f"{self.wiki}/rest/api/user?key={person}"}, "_expandable": {"status": ""}}

    def webui(self, entry: Entry) -> str:
        if entry.type == "comment":
            return f"/pages/viewpage.action?pageId={entry.page.id}&focusedCommentId={entry.id}"
        if any(sign in entry.page.title for sign in "?&\\+:/"):
            return f"/pages/viewpage.action?pageId={entry.page.id}"
        return f"/display/{entry.page.space}/{quote_plus(entry.page.title)}"


class DataCenterApi(Api):
    renderer = DataCenterRenderer

    def zone(self, store: Store) -> ZoneInfo:
        return store.clock.profile

    def cap(self, expand: Expand) -> int:
        return BODY_LIMIT if "body" in expand else LIMIT

    def cut(self, request: Request, found: Found, limit: int, cql: str) -> tuple[list, dict, int]:
        start = max(0, whole_number(request.query_params.get("start"), 0))
        fault = getattr(request.state, "paging_fault", None)
        if fault == "empty_page_with_next":
            return [], {"start": start}, start
        if fault == "short_page":
            limit = max(2, limit // 3)
        if fault == "repeat_cursor":
            return found.page(0, limit), {"start": start}, start
        return found.page(start, limit), {}, start

    def listing(self, request: Request, results: list, start: int, limit: int, following: dict) -> dict:
        path = request.url.path.removeprefix("/confluence")
        links = self.render(request).links(path)
        if following:
            kept = [(k, v) for k, v in request.query_params.multi_items() if k not in ("limit", "start")]
            links["next"] = f"{path}?{urlencode([('limit', limit), *following.items(), *kept])}"
        return {"results": results, "start": start, "limit": limit, "size": len(results), "_links": links}

    def slice(self, request: Request, found: Found, render) -> Response:
        """One page of a listing from the database, which does tell that more follows."""
        expand = self.expand(request)
        limit = self.limit(request, expand)
        items, following, start = self.cut(request, found, limit, "")
        if start + len(items) < found.total:
            following = {"start": start + len(items)}
        return JSONResponse(self.listing(request, [render(*item) for item in items], start, limit, following))

    @guarded
    async def contents(self, request: Request) -> Response:
        store, expand, renderer = request.app.state.store, self.expand(request), self.render(request)
        asked = request.query_params
        listed = [run for run in store.pages.runs()
                  if run.record.kind == asked.get("type", "page") and run.record.status == asked.get("status", "current")
                  and run.record.space == asked.get("spaceKey", run.record.space) and run.record.space in visible(store, request)]
        found = Found(sorted(listed, key=lambda run: run.record.id))
        return self.slice(request, found, lambda page, number: renderer.content(Entry(page).copy(number), expand))

    @guarded
    async def content(self, request: Request) -> Response:
        id = request.path_params["id"]
        entry = self.entry(request.app.state.store, id) if caller_of(request) is Caller.ROBOT else None
        if not entry:
            return not_found(id)
        renderer = self.render(request)
        result = renderer.content(entry, self.expand(request))
        result["_links"] |= {"base": renderer.wiki, "context": renderer.context, "collection": "/rest/api/content"}
        return JSONResponse(result)

    def entry(self, store: Store, id: str) -> Entry | None:
        number = id.removeprefix("att")
        if not number.isdigit():
            return None
        found = search(parse(f"id = {number}"), list(runs(store)), Cql(store, self.zone(store)))
        return next((entry.copy(number) for entry, number in found.page(0, 1)), None)

    @guarded
    async def children(self, request: Request) -> Response:
        store, renderer, expand = request.app.state.store, self.render(request), self.expand(request)
        id, kind = request.path_params["id"], request.path_params["kind"]
        page = store.pages.get(int(id)) if id.isdigit() and caller_of(request) is Caller.ROBOT else None
        if not page:
            return not_found(id)
        items = page.attachments if kind == "attachment" else comments(page, request)
        found = Found([Run(Entry(page, item), (0,)) for item in items])
        return self.slice(request, found, lambda entry, _: renderer.content(entry, expand))

    @guarded
    async def spaces(self, request: Request) -> Response:
        renderer, asked = self.render(request), request.query_params.getlist("spaceKey")
        keys = [key for key in visible(renderer.store, request) if not asked or key in asked]
        return self.slice(request, Found([Run(key, (0,)) for key in keys]), lambda key, _: renderer.space(key))

    @guarded
    async def space(self, request: Request) -> Response:
        renderer, key = self.render(request), request.path_params["key"]
        if key not in visible(renderer.store, request):
            return error(404, "NotFoundException", f"No space found with key : {key}")
        return JSONResponse(renderer.space(key))

    @guarded
    async def space_permissions(self, request: Request) -> Response:
        """From release 9.1 on."""
        renderer, key = self.render(request), request.path_params["key"]
        if key not in visible(renderer.store, request):
            return error(404, "NotFoundException", f"No space found with key : {key}")
        readers = renderer.store.space_readers[key]
        people = [renderer.user(person) for person in readers.users]
        subjects = [{"type": "user", "userKey": who["userKey"], "displayName": who["displayName"]} for who in people]
        subjects += [{"type": "group", "name": name, "displayName": name} for name in readers.groups]
        return JSONResponse([
            {"operation": {"targetType": target, "operationKey": operation}, "subject": subject, "spaceKey": key,
             "spaceId": renderer.store.spaces[key]["id"]}
            for subject in subjects for operation, target in (("read", "space"), ("create", "comment"))])


def visible(store: Store, request: Request) -> list[str]:
    return store.visible_spaces() if caller_of(request) is Caller.ROBOT else []


def not_found(id: str) -> JSONResponse:
    return error(404, "NotFoundException", f"No content found with id : {id}")


def comments(page, request: Request) -> list:
    places = request.query_params.getlist("location")
    # Without depth=all only the heads of threads are listed.
    return [comment for comment in page.comments
            if (request.query_params.get("depth") == "all" or comment.parent is None)
            and (not places or ("footer" if comment.inline is None else "inline") in places)]


api = DataCenterApi()
PREFIX = "/confluence/rest/api"
routes = [
    Route(PREFIX + "/content", api.contents),
    Route(PREFIX + "/content/search", api.search),
    Route(PREFIX + "/content/{id}", api.content),
    Route(PREFIX + "/content/{id}/child/{kind:str}", api.children),
    Route(PREFIX + "/space", api.spaces),
    Route(PREFIX + "/space/{key}", api.space),
    Route(PREFIX + "/space/{key}/permissions", api.space_permissions),
    Route(PREFIX + "/user/current", api.current_user),
]
