"""Fuzzes the converters with spoiled fixtures, each format for the time given.

    python -m dev.markdown.fuzz [--seconds 600] [--seed 1] [FORMAT...]      (or: make fuzz-markdown SECONDS=600)

Needs MarkdownLab. Says for each format how many bodies were converted, the slowest and the one that grew most; a crash leaves the
body that caused it in a file whose name is printed.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from . import cases, lab

FORMATS = ("storage", "adf", "wiki", "html")


def main() -> int:
    parser = argparse.ArgumentParser(description="Fuzz the converters with spoiled fixtures.")
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("formats", nargs="*", default=FORMATS, metavar="FORMAT")
    options = parser.parse_args()
    root = cases.folder()
    if root is None:
        print("SKIPPED: the shared fixtures are not here; set OHRA_FIXTURES", file=sys.stderr)
        return 0
    folder = Path(tempfile.mkdtemp(prefix="markdown-fuzz-"))
    status = 0
    for format in options.formats:
        seeds = folder / f"{format}.jsonl"
        seeds.write_bytes(lab.lines([case for case in cases.load(root) if case.format == format]))
        last = folder / f"{format}.last"
        command = [lab.program(), "fuzz", "--seconds", str(options.seconds), "--seed", str(options.seed), "--last", str(last)]
        result = subprocess.run([*command, str(seeds)], stdout=subprocess.PIPE, text=True)
        print(format, result.stdout.strip() or f"ended with {result.returncode}; the body is in {last}", flush=True)
        status = status or result.returncode
    return 1 if status else 0


if __name__ == "__main__":
    sys.exit(main())
