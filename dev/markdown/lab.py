"""Runs the MarkdownLab program."""

import json
import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def program() -> str:
    folder = os.environ.get("OHRA_BIN_DIR", str(ROOT / ".build/debug"))
    return str(Path(folder) / "MarkdownLab")


def lines(cases) -> bytes:
    values = ({"from": case.format, "body": case.body} | (case.context or {}) for case in cases)
    return b"".join(json.dumps(value).encode() + b"\n" for value in values)


def convert(cases) -> list[dict]:
    """One answer a case: its Markdown, or the error."""
    result = subprocess.run([program(), "batch"], input=lines(cases), stdout=subprocess.PIPE, check=True, timeout=300)
    answers = [json.loads(line) for line in result.stdout.splitlines()]
    assert len(answers) == len(cases), f"{len(cases)} bodies, {len(answers)} answers"
    return answers
