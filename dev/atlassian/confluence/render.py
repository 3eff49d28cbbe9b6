"""Version 1 JSON of content, spaces and users. `expand` decides what is spelled out, as on a real site."""

from datetime import datetime
from urllib.parse import quote_plus

from ..clock import confluence_time
from ..records import Attachment, Comment, Page
from ..store import Store
from .entries import Entry

EMBEDDED_LIMIT = 25
RESTRICTION_LIMIT = 200
EXPANDABLE = ("container", "metadata", "restrictions", "history", "body", "version", "descendants", "space",
              "childTypes", "operations", "children", "ancestors")


class Expand:
    """A comma-separated `expand` as a tree of dotted names."""

    def __init__(self, names: list[str]):
        self.names = [name.strip() for name in names if name.strip()]

    def __contains__(self, name: str) -> bool:
        return any(own == name or own.startswith(name + ".") for own in self.names)

    def below(self, name: str) -> "Expand":
        return Expand([own.removeprefix(name + ".") for own in self.names if own.startswith(name + ".")])


class Renderer:
    context = "/wiki"

    def __init__(self, store: Store, site: str):
        self.store = store
        self.wiki = site + self.context

    def content(self, entry: Entry, expand: Expand) -> dict:
        full_id = f"att{entry.id}" if entry.type == "attachment" else str(entry.id)
        api = f"/rest/api/content/{full_id}"
        result = {"id": full_id, "type": entry.type, "status": "current", "title": entry.title,
                  "macroRenderedOutput": {}, "extensions": self._extensions(entry, expand)}
        parts = self._parts(entry, expand, api)
        result |= parts
        result["_expandable"] = {name: "" for name in EXPANDABLE if name not in parts}
        webui = self.webui(entry)
        result["_links"] = {"self": self.wiki + api, "webui": webui, "editui": f"/pages/resumedraft.action?draftId={full_id}",
                            "tinyui": f"/x/{entry.id:x}"}
        if isinstance(entry.child, Attachment):
            result["_links"]["download"] = f"/rest/api/content/{entry.page.id}/child/attachment/{full_id}/download"
        return result

    def _parts(self, entry: Entry, expand: Expand, api: str) -> dict:
        parts: dict = {}
        if "body.storage" in expand:
            parts["body"] = {"storage": {"value": self._storage(entry), "representation": "storage", "embeddedContent": [],
                                         "_expandable": {"content": api}}}
        if "version" in expand:
            parts["version"] = self._version(entry)
        if "history" in expand:
            parts["history"] = self._history(entry, expand, api)
        if "space" in expand:
            parts["space"] = self.space(entry.page.space)
        if "ancestors" in expand:
            parts["ancestors"] = [self.content(above, Expand([])) for above in self._above(entry)]
        if "container" in expand:
            # The container of a page is its space, that of a comment or a file is the page.
            parts["container"] = (self.content(Entry(entry.page), expand.below("container")) if entry.child
                                  else self.space(entry.page.space))
        if "metadata" in expand:
            parts["metadata"] = self._metadata(entry, expand, api)
        if "restrictions.read" in expand and entry.child is None:
            parts["restrictions"] = self._restrictions(entry.page, expand, api)
        if "children" in expand:
            parts["children"] = self._children(entry, expand.below("children"), api)
        return parts

    def _above(self, entry: Entry) -> list[Entry]:
        """The pages above a page; the comments that a comment answers, the nearest last."""
        if entry.child is None:
            return [Entry(page) for page in self.store.ancestors(entry.page)]
        found, parent = [], getattr(entry.child, "parent", None)
        while parent is not None:
            comment = next(c for c in entry.page.comments if c.id == parent)
            found.insert(0, Entry(entry.page, comment))
            parent = comment.parent
        return found

    def _restrictions(self, page: Page, expand: Expand, api: str) -> dict:
        lists = {"user": [self.user(person) for person in page.read_users],
                 "group": [{"type": "group", "name": name, "id": f"group-{name}"} for name in page.read_groups]}
        told = {name: {"results": results[:RESTRICTION_LIMIT], "start": 0, "limit": RESTRICTION_LIMIT, "size": len(results)}
                for name, results in lists.items() if f"restrictions.read.restrictions.{name}" in expand}
        return {"read": {"operation": "read", "restrictions": told, "_expandable": {"content": api},
                         "_links": {"self": f"{self.wiki}{api}/restriction/byOperation/read"}}}

    def _storage(self, entry: Entry) -> str:
        if entry.child is None:
            return entry.page.storage
        return entry.child.body if isinstance(entry.child, Comment) else ""

    def _extensions(self, entry: Entry, expand: Expand) -> dict:
        child = entry.child
        if isinstance(child, Attachment):
            return {"mediaType": child.media_type, "fileSize": child.size, "comment": ""}
        if not isinstance(child, Comment):
            return {"position": entry.page.id % 1000}
        result = {"location": "footer" if child.inline is None else "inline"}
        # The location is always told, what an inline comment hangs on only when asked for.
        if child.inline is not None and "extensions.inlineProperties" in expand:
            result["inlineProperties"] = {"originalSelection": child.inline, "markerRef": f"marker-{child.id}"}
        if "extensions.resolution" in expand:
            result["resolution"] = {"status": "resolved" if child.resolved else "open"}
        return result

    def _version(self, entry: Entry) -> dict:
        item = entry.child or entry.page
        return {"by": self.user(item.author), "when": self.time(entry.updated),
                "friendlyWhen": entry.updated.strftime("%b %d, %Y"), "message": "", "number": item.version,
                "minorEdit": False, "_links": {"self": f"{self.wiki}/rest/api/content/{item.id}/version/{item.version}"}}

    def _history(self, entry: Entry, expand: Expand, api: str) -> dict:
        history = {"latest": True, "createdBy": self.user((entry.child or entry.page).author),
                   "createdDate": self.time(entry.created), "_links": {"self": self.wiki + api + "/history"}}
        if "history.lastUpdated" in expand:
            history["lastUpdated"] = self._version(entry)
        return history

    def _metadata(self, entry: Entry, expand: Expand, api: str) -> dict:
        if "metadata.labels" not in expand:
            return {"_expandable": {"labels": "", "properties": "", "currentuser": ""}}
        labels = entry.page.labels if entry.child is None else ()
        results = [{"prefix": "global", "name": name, "id": str(700_000 + index), "label": name}
                   for index, name in enumerate(labels)]
        return {"labels": {"results": results, "start": 0, "limit": 200, "size": len(results),
                           "_links": {"self": f"{self.wiki}{api}/label"}}}

    def _children(self, entry: Entry, expand: Expand, api: str) -> dict:
        children = {}
        for name, items in (("comment", entry.page.comments), ("attachment", entry.page.attachments)):
            if name not in expand:
                continue
            shown = [] if entry.child else [
                self.content(Entry(entry.page, item), expand.below(name)) for item in items[:EMBEDDED_LIMIT]]
            links = {"self": f"{self.wiki}{api}/child/{name}"}
            if not entry.child and len(items) > EMBEDDED_LIMIT:
                links["next"] = f"{api}/child/{name}?limit={EMBEDDED_LIMIT}&start={EMBEDDED_LIMIT}"
            children[name] = {"results": shown, "start": 0, "limit": EMBEDDED_LIMIT, "size": len(shown), "_links": links}
        return children

    def webui(self, entry: Entry) -> str:
        page: Page = entry.page
        if page.kind == "blogpost":
            path = f"/spaces/{page.space}/blog/{page.created:%Y/%m/%d}/{page.id}/{quote_plus(page.title)}"
        else:
            path = f"/spaces/{page.space}/pages/{page.id}/{quote_plus(page.title)}"
        return f"{path}?focusedCommentId={entry.id}" if entry.type == "comment" else path

    def space(self, key: str) -> dict:
        space = self.store.spaces[key]
        return {"id": space["id"], "key": key, "name": space["name"], "type": "global", "status": "current",
                "_expandable": {"settings": f"/rest/api/space/{key}/settings", "description": "", "permissions": "",
                                "homepage": f"/rest/api/content/{space['homepage']}"},
                "_links": {"webui": f"/spaces/{key}", "self": f"{self.wiki}/rest/api/space/{key}"}}

    def user(self, person: str) -> dict:
        who = self.store.people[person]
        # A customer of the service desk is nobody's account here.
        kind = who.get("type", "atlassian")
        return {"type": "known", "accountId": who["account"], "accountType": "" if kind == "customer" else kind,
                "email": who["email"], "publicName": who["name"], "displayName": who["name"],
                "_expandable": {"operations": "", "personalSpace": ""},
                "_links": {"self": f"{self.wiki}/rest/api/user?accountId={who['account']}"}}

    def links(self, path: str) -> dict:
        return {"base": self.wiki, "context": self.context, "self": self.wiki + path}

    def time(self, moment: datetime) -> str:
        return confluence_time(moment)
