"""Random documents that are hard to write as Markdown, to see whether a parser reads back what was meant.

    python -m dev.markdown.roundtrip [--seed 1] [--count 20000]
"""

import argparse
import json
import random
import sys

from . import cases, lab, structure

CHARACTERS = list("ab1가나”“(.)*_~`[]<>&|!#-+=\\:/\"'") + ["한글", "a_b", "**", "~~", "](", "&amp;", "1.", "- ", "# ", "> ", "|---|", " "]
MARKS = {"strong": "strong", "em": "em", "strike": "s", "underline": "u"}


def run(random: random.Random):
    text = "".join(random.choices(CHARACTERS, k=random.randint(1, 6)))
    marks = [mark for mark in MARKS if random.random() < 0.25]
    link = random.choice([None, None, None, "http://x.y/a_b"])
    code = random.random() < 0.1
    return text, marks, link, code


def paragraph(runs):
    nodes = []
    for text, marks, link, code in runs:
        kinds = [{"type": mark} for mark in marks] + ([{"type": "link", "attrs": {"href": link}}] if link else [])
        nodes.append({"type": "text", "text": text, "marks": kinds + ([{"type": "code"}] if code else [])})
    return {"type": "paragraph", "content": nodes}


def wrap(kind, content):
    if kind == "heading":
        return {"type": "heading", "attrs": {"level": 2}, "content": content["content"]}
    if kind == "item":
        return {"type": "bulletList", "content": [{"type": "listItem", "content": [content]}]}
    if kind == "cell":
        return {"type": "table", "content": [{"type": "tableRow", "content": [{"type": "tableCell", "content": [content]}]}]}
    return content


def meant(kind, runs):
    content = structure.tidy([
        (text, frozenset([MARKS[mark] for mark in marks] + (["code"] if code else [])), link) for text, marks, link, code in runs
    ])
    content = joined(content)
    if not content:
        return []
    return {
        "heading": [("heading", 2, content)], "item": [("list", False, [[("paragraph", content)]])],
        "cell": [("table", [[content]])],
    }.get(kind, [("paragraph", content)])


def joined(runs):
    """Blanks aside, as marks may reach over them or not."""
    return structure.tidy([("".join(text.split()), marks, link) for text, marks, link in runs])


def read(markdown):
    def plain(block):
        match block:
            case ("list", kind, items):
                return ("list", kind, [[plain(inner) for inner in item] for item in items])
            case ("table", rows):
                return ("table", [[joined(cell) for cell in row] for row in rows])
            case (kind, *rest, runs):
                return (kind, *rest, joined(runs))
        return block

    return [plain(block) for block in structure.blocks(markdown)]


def failures(seed: int, count: int):
    source = random.Random(seed)
    made = []
    for _ in range(count):
        kind = source.choice(["paragraph", "paragraph", "heading", "item", "cell"])
        made.append((kind, [run(source) for _ in range(source.randint(1, 5))]))
    bodies = [
        cases.Case("roundtrip", "", "adf", json.dumps({"type": "doc", "content": [wrap(kind, paragraph(runs))]}))
        for kind, runs in made
    ]
    for (kind, runs), answer in zip(made, lab.convert(bodies)):
        markdown = answer["markdown"]
        if read(markdown) != meant(kind, runs):
            yield kind, runs, markdown, read(markdown), meant(kind, runs)


def main() -> int:
    parser = argparse.ArgumentParser(description="Write random documents and read them back.")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=20000)
    options = parser.parse_args()
    number = 0
    for kind, runs, markdown, got, want in failures(options.seed, options.count):
        number += 1
        if number <= 20:
            print(kind, runs, "\n  ", repr(markdown), "\n   got ", got, "\n   want", want)
    print(f"{options.count - number} of {options.count} read back as meant")
    return int(number > 0)


if __name__ == "__main__":
    sys.exit(main())
