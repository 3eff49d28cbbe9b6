"""Which requests came in. Never holds a credential, only whether it was right."""

import json
from collections import Counter
from pathlib import Path


class Journal:
    def __init__(self, path: Path):
        self._file = path.open("w", buffering=1)
        self.entries: list[dict] = []

    def add(self, method: str, target: str, status: int, authorized: bool) -> None:
        entry = {"method": method, "path": target, "status": status, "authorized": authorized}
        self.entries.append(entry)
        self._file.write(json.dumps(entry) + "\n")

    def reset(self) -> None:
        self.entries = []

    def counts(self) -> list[dict]:
        counted = Counter((e["method"], e["path"].split("?")[0], e["status"]) for e in self.entries)
        return [{"method": m, "path": p, "status": s, "count": n} for (m, p, s), n in counted.items()]
