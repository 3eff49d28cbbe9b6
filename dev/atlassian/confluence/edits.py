"""What the control API can do to one page, by the last part of its path."""

from dataclasses import replace

from ..records import Attachment, Page
from ..store import Store

ROBOT = "robot"


def labels(store: Store, page: Page, body: dict) -> dict:
    kept = [label for label in page.labels if label not in body.get("remove", ())]
    return {"labels": store.pages.edit(page.id, labels=tuple(dict.fromkeys((*kept, *body.get("labels", ()))))).labels}


def comments(store: Store, page: Page, body: dict) -> dict:
    if "delete" in body:
        left = tuple(comment for comment in page.comments if comment.id != int(body["delete"]))
        store.pages.edit(page.id, comments=left)
        return {"deleted": body["delete"]}
    if "resolve" in body:
        # Resolving is no new version of the comment, and moves no date.
        done = int(body["resolve"])
        store.pages.edit(page.id, comments=tuple(replace(c, resolved=True) if c.id == done else c for c in page.comments))
        return {"resolved": body["resolve"]}
    parent = int(body["reply_to"]) if "reply_to" in body else None
    return {"id": str(store.comment_page(page, body["storage"], body.get("author", ROBOT), parent, body.get("inline")).id)}


def attachments(store: Store, page: Page, body: dict) -> dict:
    if "delete" in body:
        gone = int(body["delete"].removeprefix("att"))
        store.pages.edit(page.id, attachments=tuple(a for a in page.attachments if a.id != gone))
        return {"deleted": body["delete"]}
    attachment: Attachment = store.attach_to_page(
        page, body["name"], body.get("type", "application/octet-stream"), body.get("size", 0), ROBOT)
    return {"id": f"att{attachment.id}"}


def status(store: Store, page: Page, body: dict) -> dict:
    return {"status": store.set_page_status(page, body["status"]).status}


def parent(store: Store, page: Page, body: dict) -> dict:
    """A move raises no version."""
    return {"parent": store.pages.edit(page.id, parent=body["parent"]).parent}


def restriction(store: Store, page: Page, body: dict) -> dict:
    edited = store.pages.edit(
        page.id, read_users=tuple(body.get("users", ())), read_groups=tuple(body.get("groups", ())))
    return {"users": edited.read_users, "groups": edited.read_groups}


def broken(store: Store, page: Page, body: dict) -> dict:
    return {"broken": store.pages.edit(page.id, broken=body["broken"]).broken}


PARTS = {edit.__name__: edit for edit in (labels, comments, attachments, status, parent, restriction, broken)}
