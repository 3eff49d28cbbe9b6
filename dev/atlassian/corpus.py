"""Reads the corpus folder: `site.yaml`, one `.xhtml` per page, and YAML lists of issues."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import yaml

from .adf import document
from .clock import days_before
from .records import Attachment, Comment, Issue, Page

FOLDER = Path(__file__).parent / "corpus"
# libyaml reads the corpus about eight times faster, where PyYAML was built with it.
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_yaml(text: str):
    return yaml.load(text, LOADER)


@dataclass(frozen=True)
class Corpus:
    people: dict
    spaces: dict
    projects: dict
    levels: dict
    pages: list[Page]
    issues: list[Issue]

    @classmethod
    def load(cls, base: datetime) -> "Corpus":
        site = read_yaml((FOLDER / "site.yaml").read_text())
        reader = _Reader(base, site["people"])
        pages = [reader.page(path) for path in sorted((FOLDER / "pages").glob("*.xhtml"))]
        entries = [e for path in sorted((FOLDER / "issues").glob("*.yaml")) for e in read_yaml(path.read_text())]
        return cls(site["people"], site["spaces"], site["projects"], site["levels"], pages,
                   [reader.issue(e) for e in entries])


class _Reader:
    def __init__(self, base: datetime, people: dict):
        self.base = base
        self.people = people

    def page(self, path: Path) -> Page:
        _, header, storage = path.read_text().split("---\n", 2)
        head = read_yaml(header)
        id = head["id"]
        comments = []
        for index, entry in enumerate(head.get("comments", ())):
            parent = comments[entry["reply_to"]].id if "reply_to" in entry else None
            comments.append(self._comment(id * 10 + 10_000 + index, entry, entry["text"], parent))
        return Page(
            id=id, kind=head.get("kind", "page"), space=head["space"], title=head["title"], storage=storage.strip(),
            author=head["author"], version=head["version"], created=days_before(self.base, head["created"], id),
            updated=days_before(self.base, head["updated"], id), labels=tuple(head.get("labels", ())),
            parent=head.get("parent"), comments=tuple(comments),
            attachments=self._attachments(id * 2 + 100_000, head))

    def issue(self, entry: dict) -> Issue:
        id = entry["id"]
        comments = tuple(
            self._comment(id * 30 + index, comment, document(comment["text"], self.people))
            for index, comment in enumerate(entry.get("comments", ())))
        text = entry.get("description")
        return Issue(
            id=id, key=entry["key"], type=entry["type"], summary=entry["summary"],
            description=document(text, self.people) if text else None, status=entry["status"],
            priority=entry.get("priority", "Medium"), reporter=entry["reporter"], assignee=entry.get("assignee"),
            created=days_before(self.base, entry["created"], id), updated=days_before(self.base, entry["updated"], id),
            labels=tuple(entry.get("labels", ())), components=tuple(entry.get("components", ())),
            fix_versions=tuple(entry.get("fix", ())), parent=entry.get("parent"),
            links=tuple((kind, key) for kind, key in entry.get("links", ())), comments=comments,
            sprint=entry.get("sprint"), attachments=self._attachments(id * 2, entry))

    def _comment(self, id: int, entry: dict, body: object, parent: int | None = None) -> Comment:
        at = days_before(self.base, entry["ago"], id)
        return Comment(id, entry["by"], body, at, at, inline=entry.get("inline"), parent=parent,
                       public=not entry.get("internal", False))

    def _attachments(self, first_id: int, head: dict) -> tuple[Attachment, ...]:
        return tuple(
            Attachment(first_id + index, entry["name"], entry["type"], entry["size"],
                       head.get("author") or head["reporter"], days_before(self.base, head["updated"], first_id + index))
            for index, entry in enumerate(head.get("attachments", ())))
