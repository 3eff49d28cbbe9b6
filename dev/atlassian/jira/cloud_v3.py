"""Jira Cloud, REST version 3, and the removed searches of versions 2 and 3."""

import json

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ..auth import Caller, caller_of, jira_refusal, refusal_headers
from ..clock import jira_time
from ..paging import BadCursor, cut, whole_number
from ..query import QueryError
from ..search import search
from .jql import Jql
from .render import READER_ROLE, Renderer

ID_LIMIT, FIELD_LIMIT, COMMENT_LIMIT = 5000, 100, 100
ISSUE_COMMENTS = 100
SYSTEM_FIELDS = ("summary", "description", "issuetype", "status", "priority", "project", "reporter", "creator", "assignee",
                 "labels", "components", "fixVersions", "created", "updated", "issuelinks", "comment", "attachment", "parent", "security")


def _renderer(request: Request) -> Renderer:
    return Renderer(request.app.state.store, str(request.base_url).rstrip("/"))


def _errors(status: int, *messages: str, headers: dict | None = None) -> JSONResponse:
    return JSONResponse({"errorMessages": list(messages), "errors": {}}, status, headers)


def guarded(handler):
    async def guard(request: Request) -> Response:
        who = caller_of(request)
        return await handler(request) if who is Caller.ROBOT else jira_refusal(who)

    return guard


async def parameters(request: Request) -> dict:
    if request.method == "POST":
        return json.loads(await request.body() or b"{}")
    values = dict(request.query_params)
    values["fields"] = [name for value in request.query_params.getlist("fields") for name in value.split(",") if name]
    return values


async def search_jql(request: Request) -> Response:
    who = caller_of(request)
    if who is not Caller.ROBOT:
        # Refused credentials look like an empty site; the header is the only sign.
        return JSONResponse({"issues": [], "isLast": True}, headers=refusal_headers(who))
    store, renderer = request.app.state.store, _renderer(request)
    try:
        asked = await parameters(request)
        text, fields = asked.get("jql") or "", {name.strip() for name in asked.get("fields") or ["id"]}
        cap = ID_LIMIT if fields <= {"id", "key"} else FIELD_LIMIT
        limit = min(cap, max(1, whole_number(str(asked.get("maxResults", "")), 50)))
        language = Jql(store)
        found = search(language.read(text), store.visible_issues(True), language)
        items, following, _ = cut(request, found, asked.get("nextPageToken"), limit, text)
    except json.JSONDecodeError:
        return _errors(400, "There was an error parsing JSON. Check that your request body is valid.")
    except QueryError as error:
        return _errors(400, str(error))
    except BadCursor:
        return _errors(400, "The provided next page token is invalid or expired, or the JQL has changed.")
    body = {"issues": [renderer.issue(store.issues.copy(record, number), fields) for record, number in items],
            "isLast": following is None}
    if following:
        body["nextPageToken"] = following
    return JSONResponse(body)


@guarded
async def approximate_count(request: Request) -> Response:
    store, language = request.app.state.store, Jql(request.app.state.store)
    try:
        query = language.read((await parameters(request)).get("jql") or "")
        return JSONResponse({"count": search(query, store.visible_issues(True), language).total})
    except QueryError as error:
        return _errors(400, str(error))


async def removed_search(request: Request) -> Response:
    return _errors(410, "The requested API has been removed. Please migrate to the /rest/api/3/search/jql API. A full "
                        "migration guideline is available at https://developer.atlassian.com/changelog/#CHANGE-2046")


def _visible_issue(request: Request):
    store = request.app.state.store
    issue = store.issue(request.path_params["id"]) if caller_of(request) is Caller.ROBOT else None
    return issue if issue and issue.project not in store.hidden_projects else None


def _no_issue(request: Request) -> Response:
    return _errors(404, "Issue does not exist or you do not have permission to see it.",
                   headers=refusal_headers(caller_of(request)))


async def issue(request: Request) -> Response:
    found = _visible_issue(request)
    if not found:
        return _no_issue(request)
    fields = {name.strip() for value in request.query_params.getlist("fields") for name in value.split(",")}
    return JSONResponse(_renderer(request).issue(found, fields or {"*all"}, ISSUE_COMMENTS))


async def comments(request: Request) -> Response:
    found = _visible_issue(request)
    if not found:
        return _no_issue(request)
    renderer, parameters = _renderer(request), request.query_params
    start = max(0, whole_number(parameters.get("startAt"), 0))
    limit = min(COMMENT_LIMIT, max(0, whole_number(parameters.get("maxResults"), COMMENT_LIMIT)))
    newest_first = parameters.get("orderBy", "created").startswith("-")
    ordered = sorted(found.comments, key=lambda comment: comment.created, reverse=newest_first)
    shown = [renderer.comment(found, comment) for comment in ordered[start:start + limit]]
    return JSONResponse({"startAt": start, "maxResults": limit, "total": len(ordered), "comments": shown})


@guarded
async def myself(request: Request) -> Response:
    profile = _renderer(request).user("robot") | {
        "timeZone": request.app.state.store.clock.profile_zone, "locale": "ko_KR", "groups": {"size": 3, "items": []}}
    return JSONResponse(profile)


async def server_info(request: Request) -> Response:
    clock = request.app.state.store.clock
    return JSONResponse({
        "baseUrl": str(request.base_url).rstrip("/"), "version": "1001.0.0-SNAPSHOT", "versionNumbers": [1001, 0, 0],
        "deploymentType": "Cloud", "buildNumber": 100290, "serverTime": jira_time(clock.now(), clock.instance),
        "serverTitle": "Haneul Logistics"})


async def project_search(request: Request) -> Response:
    who, renderer = caller_of(request), _renderer(request)
    keys = renderer.store.visible_projects(who is Caller.ROBOT)
    asked = request.query_params.getlist("keys")
    keys = [key for key in keys if not asked or key in asked]
    start = whole_number(request.query_params.get("startAt"), 0)
    limit = min(50, max(1, whole_number(request.query_params.get("maxResults"), 50)))
    shown = keys[start:start + limit]
    return JSONResponse({
        "self": str(request.url), "maxResults": limit, "startAt": start, "total": len(keys),
        "isLast": start + len(shown) >= len(keys), "values": [renderer.project(key) for key in shown]},
        headers=refusal_headers(who))


def of_project(show):
    """Answers with what `show` makes of a project that the caller sees."""

    @guarded
    async def handler(request: Request) -> Response:
        renderer, key = _renderer(request), request.path_params["key"]
        if key not in renderer.store.visible_projects(True):
            return _errors(404, f"No project could be found with key '{key}'.")
        return JSONResponse(show(renderer, key))

    return handler


@guarded
async def level_members(request: Request) -> Response:
    renderer, asked = _renderer(request), request.query_params
    found = []
    for id in asked.getlist("levelId"):
        if name := renderer.store.level_of_id(id):
            readers = renderer.store.levels.get(name)
            holders = renderer.holders(readers) if readers else [{"type": "reporter"}]
            found += [{"id": str(10_500 + number), "issueSecurityLevelId": id, "issueSecuritySchemeId": "10010", "holder": holder}
                      for number, holder in enumerate(holders)]
    start = whole_number(asked.get("startAt"), 0)
    limit = min(100, max(1, whole_number(asked.get("maxResults"), 50)))
    shown = found[start:start + limit]
    return JSONResponse({"startAt": start, "maxResults": limit, "total": len(found),
                         "isLast": start + len(shown) >= len(found), "values": shown})


@guarded
async def fields(request: Request) -> Response:
    system = [{"id": name, "key": name, "name": name.capitalize(), "custom": False} for name in SYSTEM_FIELDS]
    return JSONResponse(system + _renderer(request).custom_fields())


PREFIX = "/rest/api/3"
routes = [
    Route(PREFIX + "/search/jql", search_jql, methods=["GET", "POST"]),
    Route(PREFIX + "/search/approximate-count", approximate_count, methods=["POST"]),
    Route("/rest/api/{version}/search", removed_search, methods=["GET", "POST"]),
    Route(PREFIX + "/issue/{id}", issue),
    Route(PREFIX + "/issue/{id}/comment", comments),
    Route(PREFIX + "/project/search", project_search),
    Route(PREFIX + "/project/{key}/permissionscheme", of_project(Renderer.permission_scheme)),
    Route(PREFIX + f"/project/{{key}}/role/{READER_ROLE}", of_project(Renderer.role)),
    Route(PREFIX + "/issuesecurityschemes/level/member", level_members),
    Route(PREFIX + "/field", fields),
    # These are the same in both versions.
    *(Route(f"/rest/api/{version}{path}", handler) for version in (2, 3) for path, handler in (
        ("/myself", myself), ("/serverInfo", server_info), ("/project/{key}", of_project(Renderer.project)))),
]
