"""Confluence Cloud, REST version 1: `/wiki/rest/api/...`. Of what version 2 can do, nothing is left in it."""

from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ..paging import cut
from ..search import Found
from ..store import Store
from .render import Expand, Renderer
from .v1 import Api, error

BODY_LIMIT, EXPANDED_LIMIT, BARE_LIMIT = 50, 200, 1000
FOREIGN_BASE = "http://foreign.invalid/wiki"


class CloudApi(Api):
    renderer = Renderer

    def zone(self, store: Store) -> ZoneInfo:
        return store.clock.instance

    def cap(self, expand: Expand) -> int:
        return BODY_LIMIT if "body" in expand else EXPANDED_LIMIT if expand.names else BARE_LIMIT

    def cut(self, request: Request, found: Found, limit: int, cql: str) -> tuple[list, dict, int]:
        items, cursor, start = cut(request, found, request.query_params.get("cursor"), limit, cql)
        return items, {"cursor": cursor} if cursor else {}, start

    def listing(self, request: Request, results: list, start: int, limit: int, following: dict) -> dict:
        path = request.url.path.removeprefix("/wiki")
        links = self.render(request).links(path)
        if following:
            kept = [(k, v) for k, v in request.query_params.multi_items() if k not in ("cursor", "limit", "start", "next")]
            paging = {"next": "true", **following, "limit": limit, "start": start + len(results)}
            links["next"] = f"{path}?{urlencode([*paging.items(), *kept])}"
            if getattr(request.state, "paging_fault", None) == "foreign_next":
                links["next"] = FOREIGN_BASE + links["next"]
        return {"results": results, "start": start, "limit": limit, "size": len(results), "_links": links}


async def gone(request: Request) -> Response:
    return error(410, "GoneException", "This deprecated endpoint has been removed.")


api = CloudApi()
PREFIX = "/wiki/rest/api"
routes = [
    Route(PREFIX + "/content/search", api.search),
    Route(PREFIX + "/user/current", api.current_user),
    Route(PREFIX + "/content", gone),
    Route(PREFIX + "/content/{rest:path}", gone),
    Route(PREFIX + "/space", gone),
    Route(PREFIX + "/space/{rest:path}", gone),
]
