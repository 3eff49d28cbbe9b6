"""The whole state of the site and the edits people make to it."""

from dataclasses import replace
from datetime import datetime

from .adf import document
from .clock import Clock
from .corpus import Corpus
from .limits import Limits
from .records import KEY_STRIDE, STRIDE, Attachment, Comment, Issue, Page, Readers, copy_issue, copy_page
from .table import Run, Table

# Above every id of the corpus, below the first copy's range.
FIRST_NEW_ID = 900_001


def level_id(name: str) -> str:
    return str(10_100 + sum(name.encode()) % 900)


class Store:
    def __init__(self, base: datetime):
        self.base = base
        self.reset()

    def reset(self) -> None:
        corpus = Corpus.load(self.base)
        self.people, self.spaces, self.projects = corpus.people, corpus.spaces, corpus.projects
        self.space_readers = {key: Readers.of(space["readers"]) for key, space in corpus.spaces.items()}
        self.project_readers = {key: Readers.of(project["readers"]) for key, project in corpus.projects.items()}
        self.levels = {name: Readers.of(members) for name, members in corpus.levels.items()}
        self.pages = Table(corpus.pages, copy_page)
        self.issues = Table(corpus.issues, copy_issue)
        self._ids_by_key = {issue.key: issue.id for issue in corpus.issues}
        self._next_id = FIRST_NEW_ID
        self.hidden_spaces: set[str] = set()
        self.clock = Clock()
        self.limits = Limits()
        self.hidden_projects: set[str] = set()

    def level_of_id(self, id: str) -> str | None:
        """The name of an issue-security level, whose id is made of it."""
        names = {*self.levels, *(run.record.security for run in self.issues.runs() if run.record.security)}
        return next((name for name in names if level_id(name) == id), None)

    def multiply(self, times: int) -> None:
        self.pages.times = self.issues.times = times

    def issue(self, id_or_key: str) -> Issue | None:
        id = self.issue_id(id_or_key)
        return None if id is None else self.issues.get(id)

    def issue_id(self, id_or_key: str) -> int | None:
        if id_or_key.isdigit():
            return int(id_or_key)
        project, _, count = id_or_key.upper().rpartition("-")
        if not count.isdigit():
            return None
        number, original = divmod(int(count), KEY_STRIDE)
        id = self._ids_by_key.get(f"{project}-{original}")
        return None if id is None else id + number * STRIDE

    def visible_projects(self, is_known: bool) -> list[str]:
        return sorted(set(self.projects) - self.hidden_projects) if is_known else []

    def visible_issues(self, is_known: bool) -> list[Run]:
        visible = self.visible_projects(is_known)
        return [run for run in self.issues.runs() if run.record.project in visible]

    def edit_page(self, page: Page, title: str | None, storage: str | None, append: str | None) -> Page:
        return self.pages.edit(
            page.id, title=title or page.title, storage=(page.storage if storage is None else storage) + (append or ""),
            version=page.version + 1, updated=self.clock.now())

    def visible_spaces(self) -> list[str]:
        return sorted(set(self.spaces) - self.hidden_spaces)

    def comment_page(
        self, page: Page, storage: str, author: str, parent: int | None = None, inline: str | None = None
    ) -> Comment:
        # A comment leaves the page's version and date alone, as on a real site.
        comment = replace(self._comment(storage, author, public=True), parent=parent, inline=inline)
        self.pages.edit(page.id, comments=(*page.comments, comment))
        return comment

    def attach_to_page(self, page: Page, name: str, media_type: str, size: int, author: str) -> Attachment:
        attachment = Attachment(self._new_id(), name, media_type, size, author, self.clock.now())
        self.pages.edit(page.id, attachments=(*page.attachments, attachment))
        return attachment

    def set_page_status(self, page: Page, status: str) -> Page:
        return self.pages.edit(page.id, status=status)

    def move_issue(self, issue: Issue, key: str) -> Issue:
        # The old key stays in the index: asking for it gives the issue under its new key.
        self._ids_by_key[key] = issue.id
        return self.edit_issue(issue, key=key)

    def edit_issue(self, issue: Issue, **changes) -> Issue:
        return self.issues.edit(issue.id, updated=self.clock.now(), **changes)

    def change_issue(self, issue: Issue, wanted: dict) -> Issue:
        """An edit as the control API words it."""
        names = ("summary", "status", "assignee", "priority", "sprint", "points", "security")
        changes = {name: wanted[name] for name in names if name in wanted}
        changes |= {name: tuple(wanted[name]) for name in ("labels", "components", "fix_versions") if name in wanted}
        if "description_text" in wanted:
            text = wanted["description_text"]
            changes["description"] = document(text, self.people) if text else None
        return self.edit_issue(issue, **changes)

    def attach_to_issue(self, issue: Issue, name: str, media_type: str, size: int, author: str) -> Attachment:
        attachment = Attachment(self._new_id(), name, media_type, size, author, self.clock.now())
        self.edit_issue(issue, attachments=(*issue.attachments, attachment))
        return attachment

    def comment_issue(self, issue: Issue, text: str, author: str, public: bool) -> Comment:
        comment = self._comment(document(text, self.people), author, public)
        self.edit_issue(issue, comments=(*issue.comments, comment))
        return comment

    def ancestors(self, page: Page) -> list[Page]:
        found: list[Page] = []
        while page.parent is not None and (parent := self.pages.get(page.parent)):
            found.insert(0, parent)
            page = parent
        return found

    def _comment(self, body: object, author: str, public: bool) -> Comment:
        now = self.clock.now()
        return Comment(self._new_id(), author, body, now, now, public=public)

    def _new_id(self) -> int:
        self._next_id += 1
        return self._next_id - 1
