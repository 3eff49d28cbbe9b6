"""A table of records that can pretend to be N times as long.

Copies are never stored: a copy is derived from its original when somebody reads it. Only edited and dropped
records cost memory, so a load test over 100,000 pages needs no more room than the corpus.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from .records import STRIDE


@dataclass(frozen=True)
class Run:
    """One record and the numbers of its copies that exist (0 = the record itself)."""

    record: object
    numbers: Sequence[int]


class Table:
    def __init__(self, records: list, copy: Callable):
        self.copy = copy
        self.times = 1
        self._original = {record.id: record for record in records}
        self._edited: dict[int, object] = {}
        # Numbers per original that are edited or dropped and so no longer derived from it.
        self._touched: dict[int, set[int]] = defaultdict(set)

    def get(self, id: int):
        if id in self._edited:
            return self._edited[id]
        number, base = divmod(id, STRIDE)
        if base not in self._original or number >= self.times or number in self._touched[base]:
            return None
        return self.copy(self._original[base], number)

    def edit(self, id: int, **changes):
        record = replace(self.get(id), **changes)
        self._touch(id)
        self._edited[id] = record
        return record

    def drop(self, id: int) -> None:
        self._touch(id)
        self._edited.pop(id, None)

    def runs(self) -> Iterator[Run]:
        everything = range(self.times)
        for id, record in self._original.items():
            touched = self._touched.get(id)
            numbers = [n for n in everything if n not in touched] if touched else everything
            if numbers:
                yield Run(record, numbers)
        for record in self._edited.values():
            yield Run(record, (0,))

    def __len__(self) -> int:
        return sum(len(run.numbers) for run in self.runs())

    def _touch(self, id: int) -> None:
        number, base = divmod(id, STRIDE)
        self._touched[base].add(number)
