"""Runs a parsed query over runs of records and cuts pages out of the result.

A language (CQL, JQL) supplies how one condition judges an entry and which field values it sorts by. Conditions
other than on the id judge all copies of a record at once, so a search over a multiplied corpus stays cheap.
"""

import operator
from dataclasses import dataclass
from typing import Protocol

from .query import Condition, Query, named, required
from .records import STRIDE
from .table import Run

COMPARE = {"=": operator.eq, "!=": operator.ne, ">": operator.gt, ">=": operator.ge, "<": operator.lt, "<=": operator.le}


class Language(Protocol):
    id_fields: set[str]

    def ids(self, condition: Condition) -> set[int]: ...

    def id_of(self, field: str, entry) -> int | None:
        """The id of the entry that a condition on an id field looks at; None for no id at all."""
        ...

    def judge(self, condition: Condition, entry) -> bool: ...

    def sort_key(self, field: str, entry): ...


@dataclass
class Found:
    """Matching runs in order; `page` cuts without ever listing all copies."""

    runs: list[Run]

    @property
    def total(self) -> int:
        return sum(len(run.numbers) for run in self.runs)

    def page(self, offset: int, limit: int) -> list[tuple[object, int]]:
        items: list[tuple[object, int]] = []
        for run in self.runs:
            if offset >= len(run.numbers):
                offset -= len(run.numbers)
                continue
            taken = run.numbers[offset:offset + limit - len(items)]
            items += [(run.record, number) for number in taken]
            offset = 0
            if len(items) == limit:
                break
        return items


def search(query: Query, runs: list[Run], language: Language) -> Found:
    must = required(query.where, language.id_fields)
    wanted = language.ids(must) if must else None
    by_id = bool(named(query.where, language.id_fields))
    found = []
    for run in runs:
        numbers = run.numbers
        if wanted is not None:
            own = language.id_of(must.field, run.record)
            numbers = sorted(n for id in wanted if (n := _number(run, own, id)) is not None)
        if by_id:
            numbers = [n for n in numbers if _matches(query.where, run.record, n, language)]
        elif not _matches(query.where, run.record, 0, language):
            continue
        if numbers:
            found.append(Run(run.record, numbers))
    for field, descending in reversed([*query.order, ("id", False)]):
        found.sort(key=lambda run: language.sort_key(field, run.record), reverse=descending)
    return Found(found)


def _number(run: Run, own: int | None, id: int) -> int | None:
    if own is None:
        return None
    number, rest = divmod(id - own, STRIDE)
    return number if rest == 0 and number in run.numbers else None


def _matches(where, entry, number: int, language: Language) -> bool:
    if where is None:
        return True
    if isinstance(where, Condition):
        if where.field in language.id_fields and where.operator in ("=", "!=", "in", "not in"):
            own = language.id_of(where.field, entry)
            inside = own is not None and own + number * STRIDE in language.ids(where)
            return inside == (where.operator in ("=", "in"))
        return language.judge(where, entry)
    results = (_matches(part, entry, number, language) for part in where.parts)
    if where.joint == "or":
        return any(results)
    return all(results) if where.joint == "and" else not next(results)


def among(condition: Condition, present: set[str]) -> bool:
    """Equality tests on a set-valued text field, upper and lower case alike."""
    wanted = {value.text.lower() for value in condition.values}
    hit = bool(wanted & {text.lower() for text in present})
    return hit == (condition.operator in ("=", "in"))
