"""Judges the converters over all shared fixtures with a CommonMark parser.

    python -m dev.markdown.judge [SET...]      (or: make judge-markdown)

Per set: how many bodies, how many words of the source are there in order, and how far headings, list items with their
depth, table cells, code blocks and links agree with the source. For sets whose expected Markdown is GitHub-flavoured (A in
SOURCES.md) the whole structure is compared; what differs is listed with its reason.
"""

import re
import sys
from collections import defaultdict

from . import cases, fidelity, lab, sources, structure
from .exceptions import NOT_JUDGED, PAIRS, REASONS


def same(case, markdown: str) -> bool:
    return normal(case, markdown) == normal(case, case.expected)


def normal(case, markdown: str):
    """The structure, less what the set's dialect writes differently (see SOURCES.md)."""
    if case.set == "storage/obsidian":
        # Obsidian's width of an image.
        markdown = re.sub(r"!\[\|\d+\]", "![]", markdown)
    if case.set == "wiki/jira2markdown":
        markdown = re.sub(r"(!\[[^]]*\]\([^)]*\))\{[^}]*\}", r"\1", markdown)
    return [block for block in (_normal(case, block) for block in structure.blocks(markdown)) if block]


def _normal(case, block):
    match block:
        case ("code", language, text):
            # Code without a language is Java to Jira; we write what the author wrote.
            return ("code", "" if case.set == "wiki/jira2markdown" and language == "java" else language, text)
        case ("list", is_numbered, items):
            items = [[block for block in (_normal(case, block) for block in item) if block] for item in items]
            items = [item for item in items if item]
            return ("list", is_numbered, items) if items else None
        case ("quote", content):
            content = [block for block in (_normal(case, block) for block in content) if block]
            # A title is a paragraph of its own with us, the first line of one with others.
            if len(content) > 1 and content[0][0] == content[1][0] == "paragraph" and _is_title(content[0][1]):
                content = [("paragraph", structure.tidy([*content[0][1], (" ", frozenset(), None), *content[1][1]]))] + content[2:]
            return ("quote", content)
        case (kind, *rest):
            return (kind, *[_plain(case, part) if isinstance(part, list) else part for part in rest])


def _is_title(runs) -> bool:
    return len(runs) == 1 and "strong" in runs[0][1]


def _plain(case, runs):
    if runs and isinstance(runs[0], list):
        return [_plain(case, cell) for cell in runs]
    result = []
    for text, marks, link in runs:
        if "image" in marks:
            text = text.rsplit("/", 1)[-1]
        # Blanks are a matter of words, which fidelity counts; between two marks that touch, others have to put one.
        text = "".join(text.split())
        if case.set == "adf/jiraps":
            marks = marks - {"u", "sub", "sup"}
        result.append((text, marks, link))
    return structure.tidy(result)


def main(sets) -> int:
    root = cases.folder()
    if root is None:
        print("SKIPPED: the shared fixtures are not here; set OHRA_FIXTURES", file=sys.stderr)
        return 0
    chosen = [case for case in cases.load(root) if not sets or any(name in case.set for name in sets)]
    results = list(zip(chosen, lab.convert(chosen)))
    share = report(results)
    failed = [share < 99.5, exact(results), pairs(results)]
    return int(any(failed))


def report(results) -> float:
    """Prints a line for each set; the share of words that are right."""
    groups = defaultdict(list)
    for case, answer in results:
        groups[case.set].append((case, answer))
    words = wrong = 0
    print(f"{'set':26}{'bodies':>7}{'refused':>8}{'words':>8}{'fidelity':>10}  structure, agreeing of all")
    for name, members in sorted(groups.items()):
        refused = sum("error" in answer for _, answer in members)
        total = missing = 0
        agreement = defaultdict(lambda: [0, 0])
        for case, answer in members:
            if "error" in answer:
                continue
            measured = fidelity.measure(case.format, case.body, answer["markdown"], case.context)
            total += measured.words
            missing += measured.wrong
            for key, agrees in sources.compare(case.format, case.body, answer["markdown"], case.context).items():
                agreement[key][0] += agrees
                agreement[key][1] += 1
        words += total
        wrong += missing
        share = f"{100 * (1 - missing / total):.2f} %" if total else "-"
        parts = ", ".join(f"{key} {done}/{all}" for key, (done, all) in agreement.items())
        print(f"{name:26}{len(members):>7}{refused:>8}{total:>8}{share:>10}  {parts}")
    share = 100 * (1 - wrong / words) if words else 100.0
    print(f"{'all':26}{len(results):>7}{'':8}{words:>8}{share:>8.2f} %")
    return share


def exact(results) -> int:
    judged = [
        (case, answer) for case, answer in results
        if case.is_exact and case.expected is not None and (case.set, case.name) not in NOT_JUDGED
    ]
    if not judged:
        return 0
    different = [(case, answer) for case, answer in judged if not same(case, answer.get("markdown", ""))]
    share = 100 * (1 - len(different) / len(judged))
    print(f"\nGitHub-flavoured expectations: {len(judged) - len(different)} of {len(judged)} equal, {share:.1f} %")
    unexplained = 0
    for case, answer in different:
        reason = REASONS.get((case.set, case.name))
        unexplained += reason is None
        print(f"  {case.set} {case.name}: {reason or 'NOT EXPLAINED'}")
        if reason is None:
            print(f"    body {case.body[:200]!r}\n    got  {answer.get('markdown')!r:.400}\n    want {case.expected!r:.400}")
    for (name, body), reason in NOT_JUDGED.items():
        print(f"  not judged: {name} {body}: {reason}")
    return 1 if unexplained or share < 95 else 0


def pairs(results) -> int:
    """Storage format and ADF of one page, less images and addresses, which the two know differently (docs/MARKDOWN.md)."""
    pages = {(case.format, case.name): answer["markdown"] for case, answer in results if case.set.endswith("/querypie")}
    names = [name for format, name in pages if format == "adf" and ("storage", name) in pages]
    different = [name for name in names if bare(pages["storage", name]) != bare(pages["adf", name])]
    if names:
        print(f"\nStorage format and ADF of one page: {len(names) - len(different)} of {len(names)} equal")
    for name in different:
        print(f"  {name}: {PAIRS.get(name, 'NOT EXPLAINED')}")
    return int(any(name not in PAIRS for name in different))


def bare(markdown: str) -> list[str]:
    text = re.sub(r"!\[[^]]*\]\([^)]*\)", "", markdown)
    text = re.sub(r"(?<!\\)\[((?:[^]\\\[]|\\.)+)\]\([^)]*\)", r"\1", text)
    # Lines that held an image only are gone with it.
    return [line for line in (line.strip() for line in text.splitlines()) if line]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
