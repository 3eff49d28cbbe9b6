"""The control API: edits, faults, clock and the journal, for demo and tests. Needs no credentials (loopback only)."""

import json

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from .clock import confluence_time
from .confluence.edits import PARTS as page_edits
from .records import Readers

ROBOT = "robot"


async def _json(request: Request):
    body = await request.body()
    return json.loads(body) if body else {}


def _missing(what: str) -> JSONResponse:
    return JSONResponse({"error": f"no such {what}"}, 404)


async def ready(request: Request):
    store = request.app.state.store
    return JSONResponse({"ready": True, "pages": len(store.pages), "issues": len(store.issues),
                         "base": confluence_time(store.base)})


async def reset(request: Request):
    site = request.app.state.site
    site.store.reset()
    site.faults.replace([])
    site.journal.reset()
    return await ready(request)


async def multiply(request: Request):
    request.app.state.store.multiply((await _json(request))["times"])
    return await ready(request)


async def pages(request: Request):
    store = request.app.state.store
    return JSONResponse([
        {"id": str(page.id), "type": page.kind, "space": page.space, "title": page.title, "version": page.version}
        for run in store.pages.runs() for page in (store.pages.copy(run.record, n) for n in run.numbers)])


async def issues(request: Request):
    store = request.app.state.store
    return JSONResponse([
        {"id": str(issue.id), "key": issue.key, "summary": issue.summary}
        for run in store.issues.runs() for issue in (store.issues.copy(run.record, n) for n in run.numbers)])


async def page(request: Request):
    store, id = request.app.state.store, request.path_params["id"]
    found = store.pages.get(id)
    if not found:
        return _missing("page")
    if request.method == "DELETE":
        store.pages.drop(id)
        return JSONResponse({"deleted": str(id)})
    body = await _json(request)
    edited = store.edit_page(found, body.get("title"), body.get("storage"), body.get("append_storage"))
    return JSONResponse({"id": str(id), "title": edited.title, "version": edited.version,
                         "when": confluence_time(edited.updated)})


async def page_part(request: Request):
    store, id = request.app.state.store, request.path_params["id"]
    found = store.pages.get(id)
    if not found:
        return _missing("page")
    body = await _json(request)
    edit = page_edits.get(request.path_params["part"])
    return JSONResponse(edit(store, found, body)) if edit else _missing("part of a page")


async def space(request: Request):
    store, key = request.app.state.store, request.path_params["key"]
    if key not in store.spaces:
        return _missing("space")
    _permit(await _json(request), key, store.hidden_spaces, store.space_readers)
    return JSONResponse({"visible": store.visible_spaces()})


def _permit(wanted: dict, key: str, hidden: set[str], readers: dict[str, Readers]) -> None:
    if "visible" in wanted:
        (hidden.discard if wanted["visible"] else hidden.add)(key)
    if "readers" in wanted:
        readers[key] = Readers.of(wanted["readers"])


async def issue(request: Request):
    store = request.app.state.store
    found = store.issue(request.path_params["key"])
    if not found:
        return _missing("issue")
    if request.method == "DELETE":
        store.issues.drop(found.id)
        return JSONResponse({"deleted": found.key})
    edited = store.change_issue(found, await _json(request))
    return JSONResponse({"id": str(edited.id), "key": edited.key, "updated": confluence_time(edited.updated)})


async def move_issue(request: Request):
    store = request.app.state.store
    found, key = store.issue(request.path_params["key"]), (await _json(request))["key"]
    if not found:
        return _missing("issue")
    if store.issue(key):
        return JSONResponse({"error": f"{key} is taken"}, 409)
    return JSONResponse({"id": str(found.id), "key": store.move_issue(found, key).key})


async def issue_comments(request: Request):
    store = request.app.state.store
    found = store.issue(request.path_params["key"])
    if not found:
        return _missing("issue")
    body = await _json(request)
    comment = store.comment_issue(found, body["text"], body.get("author", ROBOT), not body.get("internal", False))
    return JSONResponse({"id": str(comment.id)})


async def issue_attachments(request: Request):
    store = request.app.state.store
    found = store.issue(request.path_params["key"])
    if not found:
        return _missing("issue")
    body = await _json(request)
    attachment = store.attach_to_issue(found, body["name"], body.get("type", "application/octet-stream"),
                                       body.get("size", 0), ROBOT)
    return JSONResponse({"id": str(attachment.id)})


async def project(request: Request):
    store, key = request.app.state.store, request.path_params["key"]
    if key not in store.projects:
        return _missing("project")
    _permit(await _json(request), key, store.hidden_projects, store.project_readers)
    return JSONResponse({"visible": store.visible_projects(True)})


async def faults(request: Request):
    script = request.app.state.site.faults
    script.replace([] if request.method == "DELETE" else await _json(request))
    return JSONResponse({"faults": len(script.faults)})


async def requests(request: Request):
    journal = request.app.state.site.journal
    return JSONResponse({"total": len(journal.entries), "counts": journal.counts(), "requests": journal.entries})


async def _set(request: Request, target) -> JSONResponse | None:
    """Changes the named attributes; an error for a name there is not."""
    for name, value in (await _json(request)).items():
        if name not in vars(target):
            return JSONResponse({"error": f"unknown setting {name}"}, 400)
        setattr(target, name, value)
    return None


async def clock(request: Request):
    clock = request.app.state.store.clock
    return await _set(request, clock) or JSONResponse({**vars(clock), "now": confluence_time(clock.now())})


async def limits(request: Request):
    limits = request.app.state.store.limits
    return await _set(request, limits) or JSONResponse(vars(limits))


routes = [
    Route("/_control/ready", ready),
    Route("/_control/reset", reset, methods=["POST"]),
    Route("/_control/multiply", multiply, methods=["POST"]),
    Route("/_control/pages", pages),
    Route("/_control/issues", issues),
    Route("/_control/pages/{id:int}", page, methods=["POST", "DELETE"]),
    Route("/_control/pages/{id:int}/{part}", page_part, methods=["POST"]),
    Route("/_control/spaces/{key}", space, methods=["POST"]),
    Route("/_control/issues/{key}", issue, methods=["POST", "DELETE"]),
    Route("/_control/issues/{key}/comments", issue_comments, methods=["POST"]),
    Route("/_control/issues/{key}/attachments", issue_attachments, methods=["POST"]),
    Route("/_control/projects/{key}", project, methods=["POST"]),
    Route("/_control/issues/{key}/move", move_issue, methods=["POST"]),
    Route("/_control/faults", faults, methods=["POST", "DELETE"]),
    Route("/_control/requests", requests),
    Route("/_control/clock", clock, methods=["POST"]),
    Route("/_control/limits", limits, methods=["POST"]),
]
