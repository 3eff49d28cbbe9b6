"""Jira Data Center below a context path of its own: `/jira/rest/api/2/...`.

Pages by offset up to the result window, wiki markup, user names in place of account ids, dates in the server's zone.
"""

import re

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from ..auth import Caller, caller_of
from ..clock import jira_time
from ..paging import whole_number
from ..query import QueryError
from ..records import Comment, Issue
from ..search import search
from ..wiki import wiki
from .cloud_v3 import parameters
from .jql import Jql
from .render import EPIC_FIELD, READER_ROLE, SPRINT_FIELD, Renderer

ALL_COMMENTS = 1_000_000
SYSTEM_FIELDS = ("summary", "description", "issuetype", "status", "priority", "project", "reporter", "creator", "assignee",
                 "labels", "components", "fixVersions", "created", "updated", "issuelinks", "comment", "attachment")
REFUSAL = "<html><head><title>Unauthorized (401)</title></head><body>Basic Authentication Failure</body></html>"


class DataCenterRenderer(Renderer):
    version, context = 2, "/jira"

    def user(self, person: str) -> dict:
        who = self.store.people[person]
        return {"self": f"{self.api}/user?username={person}", "name": person, "key": f"JIRAUSER1{sum(person.encode())}",
                "emailAddress": who["email"], "displayName": who["name"], "active": True,
                "timeZone": who.get("zone", "Asia/Seoul")}

    def body(self, document: dict | None) -> str | None:
        return wiki(document, {who["account"]: person for person, who in self.store.people.items()})

    def comment(self, issue: Issue, comment: Comment) -> dict:
        shown = super().comment(issue, comment)
        # Only the property tells what is internal, and only where it is asked for.
        del shown["jsdPublic"]
        return shown

    def with_properties(self, issue: Issue, comment: Comment) -> dict:
        internal = [] if comment.public else [{"key": "sd.public.comment", "value": {"internal": True}}]
        return self.comment(issue, comment) | {"properties": internal}

    def actor(self, number: int, person: str) -> dict:
        return {"id": number, "displayName": self.store.people[person]["name"], "type": "atlassian-user-role-actor",
                "name": person}

    def _holder(self, kind: str, parameter: str | None = None, value: str | None = None) -> dict:
        holder = super()._holder(kind, parameter)
        holder.pop("value", None)
        return holder

    def sprint(self, name: str) -> object:
        return [f"com.atlassian.greenhopper.service.sprint.Sprint@1f5a[id=31,rapidViewId=4,state=ACTIVE,name={name},"
                "startDate=2026-11-02T09:00:00.000+09:00,endDate=<null>,completeDate=<null>,sequence=31,goal=]"]

    def fields(self, issue: Issue, embedded_comments: int) -> dict:
        fields = super().fields(issue, embedded_comments)
        # Epics are linked by a field of their own; a parent is that of a sub-task.
        if fields[EPIC_FIELD]:
            fields.pop("parent", None)
        return fields


def _renderer(request: Request) -> DataCenterRenderer:
    return DataCenterRenderer(request.app.state.store, str(request.base_url).rstrip("/"))


def _errors(status: int, *messages: str) -> JSONResponse:
    return JSONResponse({"errorMessages": list(messages), "errors": {}}, status)


def _answer(request: Request, body: object) -> JSONResponse:
    who = caller_of(request)
    return JSONResponse(body, headers={"X-AUSERNAME": "robot" if who is Caller.ROBOT else "anonymous"})


def guarded(handler):
    """Wrong credentials are refused with a page. Without any the caller is anonymous and sees nothing."""

    async def guard(request: Request) -> Response:
        if caller_of(request) is Caller.REFUSED:
            return HTMLResponse(REFUSAL, 401, {"X-Seraph-LoginReason": "AUTHENTICATED_FAILED",
                                               "WWW-Authenticate": 'OAuth realm="http%3A%2F%2Flocalhost"'})
        return await handler(request)

    return guard


@guarded
async def search_issues(request: Request) -> Response:
    store, limits = request.app.state.store, request.app.state.store.limits
    try:
        asked = await parameters(request)
        language = Jql(store)
        query = language.read(asked.get("jql") or "")
        if not limits.reads_milliseconds and (number := re.search(r">= (\d{10,})", asked["jql"])):
            raise QueryError(f"Date value '{number[1]}' for field 'updated' is invalid. Valid formats include: "
                             "'yyyy/MM/dd HH:mm', 'yyyy-MM-dd HH:mm', 'yyyy/MM/dd', 'yyyy-MM-dd', or a period format.")
        found = search(query, store.visible_issues(caller_of(request) is Caller.ROBOT), language)
    except QueryError as error:
        return _errors(400, str(error))
    start = max(0, whole_number(str(asked.get("startAt", "")), 0))
    limit = min(limits.page_cap, max(0, whole_number(str(asked.get("maxResults", "")), 50)))
    if start + limit > limits.result_window:
        return _errors(500, f"Search limit exceeded. We couldn't complete your search because it requests {start + limit:,} "
                            f"results which exceeded the search platform limit of {limits.result_window:,}.")
    fault = getattr(request.state, "paging_fault", None)
    items = [] if limit == 0 or fault == "empty_page" else found.page(start, max(1, limit // 3) if fault == "short_page" else limit)
    renderer, fields = _renderer(request), {name.strip() for name in asked.get("fields") or ["*navigable"]}
    issues = [renderer.issue(store.issues.copy(record, number), fields, ALL_COMMENTS) for record, number in items]
    return _answer(request, {"expand": "schema,names", "startAt": start, "maxResults": limit, "total": found.total,
                             "issues": issues})


def _issue(request: Request) -> Issue | None:
    store = request.app.state.store
    issue = store.issue(request.path_params["id"]) if caller_of(request) is Caller.ROBOT else None
    return issue if issue and issue.project not in store.hidden_projects else None


@guarded
async def issue(request: Request) -> Response:
    found = _issue(request)
    return _answer(request, _renderer(request).issue(found, {"*all"}, ALL_COMMENTS)) if found else _errors(404, "Issue Does Not Exist")


@guarded
async def comments(request: Request) -> Response:
    found = _issue(request)
    if not found:
        return _errors(404, "Issue Does Not Exist")
    renderer, asked = _renderer(request), request.query_params
    show = renderer.with_properties if "properties" in asked.get("expand", "") else renderer.comment
    start = max(0, whole_number(asked.get("startAt"), 0))
    limit = min(ALL_COMMENTS, max(0, whole_number(asked.get("maxResults"), ALL_COMMENTS)))
    shown = [show(found, comment) for comment in found.comments[start:start + limit]]
    return _answer(request, {"startAt": start, "maxResults": limit, "total": len(found.comments), "comments": shown})


@guarded
async def myself(request: Request) -> Response:
    if caller_of(request) is not Caller.ROBOT:
        return _errors(401, "You are not authenticated. Authentication required to perform this operation.")
    return _answer(request, _renderer(request).user("robot") | {"timeZone": request.app.state.store.clock.profile_zone})


@guarded
async def server_info(request: Request) -> Response:
    clock = request.app.state.store.clock
    return _answer(request, {
        "baseUrl": f"{str(request.base_url).rstrip('/')}/jira", "version": "10.3.2", "versionNumbers": [10, 3, 2],
        "deploymentType": "Server", "buildNumber": 10030002, "serverTime": jira_time(clock.now(), clock.instance),
        "serverTitle": "Haneul Logistics"})


@guarded
async def projects(request: Request) -> Response:
    store = request.app.state.store
    return _answer(request, [_renderer(request).project(key) for key in store.visible_projects(caller_of(request) is Caller.ROBOT)])


def of_project(show):
    """Answers with what `show` makes of a project that the caller sees."""

    @guarded
    async def handler(request: Request) -> Response:
        key = request.path_params["key"]
        if key not in request.app.state.store.visible_projects(caller_of(request) is Caller.ROBOT):
            return _errors(404, f"No project could be found with key '{key}'.")
        return _answer(request, show(_renderer(request), key))

    return handler


@guarded
async def fields(request: Request) -> Response:
    system = [{"id": name, "name": name.capitalize(), "custom": False} for name in SYSTEM_FIELDS]
    return _answer(request, system + _renderer(request).custom_fields())


async def no_version_3(request: Request) -> Response:
    return HTMLResponse("<html><head><title>Oops, you&#39;ve found a dead link.</title></head></html>", 404)


PREFIX = "/jira/rest/api/2"
routes = [
    Route(PREFIX + "/search", search_issues, methods=["GET", "POST"]),
    Route(PREFIX + "/issue/{id}", issue),
    Route(PREFIX + "/issue/{id}/comment", comments),
    Route(PREFIX + "/myself", myself),
    Route(PREFIX + "/serverInfo", server_info),
    Route(PREFIX + "/project", projects),
    Route(PREFIX + "/project/{key}", of_project(Renderer.project)),
    Route(PREFIX + "/project/{key}/permissionscheme", of_project(Renderer.permission_scheme)),
    Route(PREFIX + f"/project/{{key}}/role/{READER_ROLE}", of_project(Renderer.role)),
    Route(PREFIX + "/field", fields),
    Route("/jira/rest/api/3/{rest:path}", no_version_3, methods=["GET", "POST"]),
]
