"""The CQL fields the stand-in knows."""

from zoneinfo import ZoneInfo

from ..query import Condition, QueryError
from ..query_dates import instant
from ..search import COMPARE, among
from ..store import Store
from .entries import Entry

DATES = {"lastmodified": "updated", "created": "created"}
SORTS = {"lastmodified", "created", "title", "type"}


class Cql:
    id_fields = {"id", "content", "container"}

    def __init__(self, store: Store, zone: ZoneInfo):
        self.store = store
        self.zone = zone  # what date literals are read in

    def ids(self, condition: Condition) -> set[int]:
        try:
            return {int(value.text.removeprefix("att")) for value in condition.values}
        except ValueError:
            raise QueryError("not an id") from None

    def id_of(self, field: str, entry: Entry) -> int | None:
        if field != "container":
            return entry.id
        # The container of a page is its space.
        return entry.page.id if entry.child else None

    def judge(self, condition: Condition, entry: Entry) -> bool:
        name = condition.field
        if name in DATES:
            value, clock = condition.values[0], self.store.clock
            if value.function and not clock.knows_now:
                raise QueryError("functions are not supported")
            moment = instant(value, clock.now(), self.zone, bare_values=False)
            return COMPARE[condition.operator](getattr(entry, DATES[name]), moment)
        if name == "title" and condition.operator in ("~", "!~"):
            hit = condition.values[0].text.lower().strip("*") in entry.title.lower()
            return hit == (condition.operator == "~")
        present = self._texts(name, entry)
        if present is None:
            raise QueryError(f"unknown field {name}")
        return among(condition, present)

    def check(self, order: list[tuple[str, bool]]) -> None:
        for name, _ in order:
            if name not in SORTS:
                raise QueryError(f"cannot sort by {name}")

    def sort_key(self, name: str, entry: Entry):
        return getattr(entry, DATES.get(name, name))

    def _texts(self, name: str, entry: Entry) -> set[str] | None:
        if name == "type":
            return {entry.type}
        if name in ("space", "space.key"):
            return {entry.page.space}
        if name == "label":
            return set(entry.page.labels) if entry.child is None else set()
        if name == "title":
            return {entry.title}
        if name == "parent":
            return {str(entry.page.parent)}
        if name == "ancestor":
            return {str(page.id) for page in self.store.ancestors(entry.page)}
        return None
