"""What the site holds, free of any product edition's wire format."""

from dataclasses import dataclass, replace
from datetime import datetime

# Copies made by `multiply` get the original's id plus a multiple of this.
STRIDE = 1_000_000
KEY_STRIDE = 1_000


@dataclass(frozen=True)
class Readers:
    """Who may read a space or project, or belongs to a security level."""

    users: tuple[str, ...] = ()  # people
    groups: tuple[str, ...] = ()

    @classmethod
    def of(cls, entry: dict) -> "Readers":
        return cls(tuple(entry.get("users", ())), tuple(entry.get("groups", ())))


@dataclass(frozen=True)
class Comment:
    id: int
    author: str
    body: object  # storage XHTML (Confluence) or an ADF document (Jira)
    created: datetime
    updated: datetime
    version: int = 1
    inline: str | None = None  # the marked text, for inline comments
    parent: int | None = None
    public: bool = True
    resolved: bool = False  # inline comments only


@dataclass(frozen=True)
class Attachment:
    id: int
    name: str
    media_type: str
    size: int
    author: str
    created: datetime
    version: int = 1


@dataclass(frozen=True)
class Page:
    id: int
    kind: str  # page | blogpost
    space: str
    title: str
    storage: str
    author: str
    version: int
    created: datetime
    updated: datetime
    labels: tuple[str, ...] = ()
    parent: int | None = None
    comments: tuple[Comment, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    status: str = "current"  # or archived, trashed
    read_users: tuple[str, ...] = ()  # people; empty with no groups = everybody who reads the space
    read_groups: tuple[str, ...] = ()
    broken: bool = False  # the server gives up (504) whenever it has to spell the page out


@dataclass(frozen=True)
class Issue:
    id: int
    key: str
    type: str
    summary: str
    description: dict | None
    status: str
    priority: str
    reporter: str
    assignee: str | None
    created: datetime
    updated: datetime
    labels: tuple[str, ...] = ()
    components: tuple[str, ...] = ()
    fix_versions: tuple[str, ...] = ()
    parent: str | None = None
    links: tuple[tuple[str, str], ...] = ()
    comments: tuple[Comment, ...] = ()
    sprint: str | None = None
    attachments: tuple[Attachment, ...] = ()
    points: float | None = None
    security: str | None = None  # name of the issue-security level

    @property
    def project(self) -> str:
        return self.key.rsplit("-", 1)[0]


def _shift(value: int | None, number: int) -> int | None:
    return None if value is None else value + number * STRIDE


def copy_key(key: str | None, number: int) -> str | None:
    if key is None or number == 0:
        return key
    project, count = key.rsplit("-", 1)
    return f"{project}-{int(count) + number * KEY_STRIDE}"


def _copy_comments(comments, number):
    return tuple(replace(c, id=_shift(c.id, number), parent=_shift(c.parent, number)) for c in comments)


def _copy_attachments(attachments, number):
    return tuple(replace(a, id=_shift(a.id, number)) for a in attachments)


def copy_page(page: Page, number: int) -> Page:
    if number == 0:
        return page
    return replace(
        page, id=_shift(page.id, number), parent=_shift(page.parent, number), title=f"{page.title} ({number})",
        comments=_copy_comments(page.comments, number), attachments=_copy_attachments(page.attachments, number))


def copy_issue(issue: Issue, number: int) -> Issue:
    if number == 0:
        return issue
    return replace(
        issue, id=_shift(issue.id, number), key=copy_key(issue.key, number), parent=copy_key(issue.parent, number),
        links=tuple((kind, copy_key(key, number)) for kind, key in issue.links),
        comments=_copy_comments(issue.comments, number), attachments=_copy_attachments(issue.attachments, number))
