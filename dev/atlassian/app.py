"""Puts the site together: one store, one fault script, one journal, and the routes of each product and edition."""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from starlette.applications import Starlette
from starlette.types import Receive, Scope, Send

from . import control
from .auth import Caller, caller
from .confluence import cloud_v1 as confluence_v1
from .confluence import cloud_v2 as confluence_v2
from .confluence import datacenter as confluence_datacenter
from .faults import FaultScript, act_out
from .jira import cloud_v3 as jira_v3
from .jira import datacenter_v2 as jira_datacenter
from .journal import Journal
from .store import Store

# A further edition is one more module with `routes`.
EDITIONS = (confluence_v1, confluence_v2, confluence_datacenter, jira_v3, jira_datacenter)


@dataclass
class Site:
    store: Store
    journal: Journal
    faults: FaultScript = field(default_factory=FaultScript)


class Front:
    """Outermost layer: notes every request outside the control API and applies the fault script."""

    def __init__(self, app: Starlette, site: Site):
        self.app = app
        self.site = site

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith("/_control/"):
            await self.app(scope, receive, send)
            return
        query = scope["query_string"].decode()
        target = scope["path"] + ("?" + query if query else "")
        status = 0  # stays 0 when the connection is cut before an answer

        async def watched(message):
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            fault = self.site.faults.pick(scope["method"], target)
            if fault:
                for id, words in fault.page_edits.items():
                    self.site.store.edit_page(self.site.store.pages.get(int(id)), None, None, words)
                for key, changes in fault.edits.items():
                    self.site.store.change_issue(self.site.store.issue(key), changes)
                await act_out(fault, self.app, scope, receive, watched)
            else:
                await self.app(scope, receive, watched)
        finally:
            authorization = dict(scope["headers"]).get(b"authorization", b"").decode("latin-1")
            self.site.journal.add(scope["method"], target, status, caller(authorization) is Caller.ROBOT)


def build(base: datetime, data: Path) -> Front:
    data.mkdir(parents=True, exist_ok=True)
    site = Site(Store(base), Journal(data / "requests.jsonl"))
    app = Starlette(routes=[*control.routes, *(route for edition in EDITIONS for route in edition.routes)])
    app.state.site = site
    app.state.store = site.store
    return Front(app, site)
