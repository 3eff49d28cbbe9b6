"""What went wrong, said so that the reader knows what to do."""

from pathlib import Path

_LAST_LINES = 10


class ServerError(Exception):
    """One clear line, and where a log says more its name and its last lines."""

    def __init__(self, text: str, log: Path | None = None):
        if log is not None and log.exists():
            lines = log.read_text(errors="replace").splitlines()[-_LAST_LINES:]
            text = "\n".join([f"{text}; see {log}", *(f"  {line}" for line in lines)])
        super().__init__(text)
