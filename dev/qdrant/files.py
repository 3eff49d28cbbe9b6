"""Small JSON files that survive a crash at any moment."""

import json
import os
from pathlib import Path
from typing import Any


def write_json(path: Path, value: Any) -> None:
    """Replace the file in one step: a reader after a crash finds the old or the new text, never half of one."""
    draft = path.with_name(path.name + ".tmp")
    with draft.open("w") as file:
        json.dump(value, file)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def read_json(path: Path, default: Any = None) -> Any:
    """The file's value, or the default when there is no file."""
    return json.loads(path.read_text()) if path.exists() else default
