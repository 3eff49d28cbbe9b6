"""Pages, comments and attachments as the one list of content that CQL searches."""

from collections.abc import Iterator
from dataclasses import dataclass

from ..records import Attachment, Comment, Page, copy_page
from ..store import Store
from ..table import Run


@dataclass(frozen=True)
class Entry:
    page: Page
    child: Comment | Attachment | None = None

    @property
    def id(self) -> int:
        return (self.child or self.page).id

    @property
    def type(self) -> str:
        if self.child is None:
            return self.page.kind
        return "comment" if isinstance(self.child, Comment) else "attachment"

    @property
    def created(self):
        return (self.child or self.page).created

    @property
    def updated(self):
        return self.child.created if isinstance(self.child, Attachment) else (self.child or self.page).updated

    @property
    def title(self) -> str:
        if self.type == "comment":
            return f"Re: {self.page.title}"
        return self.child.name if self.child else self.page.title

    def copy(self, number: int) -> "Entry":
        page = copy_page(self.page, number)
        if self.child is None:
            return Entry(page)
        if isinstance(self.child, Comment):
            return Entry(page, page.comments[self.page.comments.index(self.child)])
        return Entry(page, page.attachments[self.page.attachments.index(self.child)])


def runs(store: Store) -> Iterator[Run]:
    """All content that the search index holds and the caller may see."""
    spaces = store.visible_spaces()
    for run in store.pages.runs():
        if run.record.status != "current" or run.record.space not in spaces:
            continue
        for child in (None, *run.record.comments, *run.record.attachments):
            yield Run(Entry(run.record, child), run.numbers)
