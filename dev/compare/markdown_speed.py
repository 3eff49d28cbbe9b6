"""Throughput of the converters in one thread, beside the usual Python route on the same pages in the same run.

    python -m dev.compare.markdown_speed        (or: make bench-markdown)

Needs a release build of MarkdownLab. The pages are the real ones of the shared fixtures; the large ones are made of them. Each
side reads its bodies beforehand and converts them one after another in one thread; the CPU time of the best round counts.
"""

import json
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bs4 import BeautifulSoup
from markdownify import MarkdownConverter

from dev.markdown import cases, lab

LARGE = 20 * 1000 * 1000


def ours(bodies: list[cases.Case], seconds=3.0) -> dict:
    with tempfile.NamedTemporaryFile(suffix=".jsonl") as file:
        file.write(lab.lines(bodies))
        file.flush()
        command = [lab.program(), "bench", "--seconds", str(seconds), file.name]
        return json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)


def python_route(pages: list[str], rounds=2) -> float:
    """Seconds for all pages."""
    best = float("inf")
    for _ in range(rounds):
        start = time.process_time()
        for page in pages:
            MarkdownConverter().convert_soup(BeautifulSoup(page, "html.parser"))
        best = min(best, time.process_time() - start)
    return best


def large(name: str, format: str, parts: list[str], before="", between="", after="") -> cases.Case:
    body, size = [], 0
    while size < LARGE:
        part = parts[len(body) % len(parts)]
        body.append(part)
        size += len(part.encode()) + len(between)
    return cases.Case("large", name, format, before + between.join(body) + after)


def content(document: str) -> str:
    """The nodes of an ADF document, without its brackets."""
    return json.dumps(json.loads(document)["content"], ensure_ascii=False, separators=(",", ":"))[1:-1]


def main() -> int:
    root = cases.folder()
    if root is None:
        print("SKIPPED: the shared fixtures are not here; set OHRA_FIXTURES", file=sys.stderr)
        return 0
    loaded = cases.load(root)
    pages = [case for case in loaded if case.set == "storage/querypie"]
    documents = [case.body for case in loaded if case.set == "adf/querypie"]
    wiki = [case.body for case in loaded if case.format == "wiki" and "recorded" in case.set]
    signs = wiki + [case.body for case in loaded if case.set in ("wiki/j2m", "wiki/encoder")]
    texts = [re.sub(r"<[^>]*>", "", page.body) for page in pages]
    print(f"{'one body of 20 MB':36}{'MB/s':>8}{'seconds':>9}")
    for case in (
        large("storage, real pages in a row", "storage", [page.body for page in pages]),
        large("storage, one paragraph of text", "storage", texts, "<p>", " ", "</p>"),
        large("ADF, real pages in a row", "adf", [content(text) for text in documents], '{"type":"doc","content":[', ",", "]}"),
        large("wiki markup, recorded bodies", "wiki", wiki, between="\n\n"),
        large("wiki markup, nearly all signs", "wiki", signs, between="\n\n"),
    ):
        measured = ours([case])
        print(f"{case.name:36}{measured['megabytes_per_second']:>8.1f}{measured['seconds']:>9.3f}")
    measured = ours(pages)
    size = measured["bytes"]
    seconds = python_route([page.body for page in pages])
    print(f"\n{len(pages)} real pages, {size} bytes of storage format")
    print(f"  ours                       {measured['megabytes_per_second']:8.2f} MB/s")
    print(f"  BeautifulSoup, markdownify {size / seconds / 1e6:8.2f} MB/s")
    ratio = seconds / measured["seconds"]
    print(f"  ratio                      {ratio:8.1f}")
    return 0 if ratio >= 20 else 1


if __name__ == "__main__":
    sys.exit(main())
