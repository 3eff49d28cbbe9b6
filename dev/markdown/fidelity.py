"""Text fidelity: every visible word of the source appears once in the Markdown, in order.

Words are runs of letters and digits. Those of the source come from readers of their own (sources.py), not from the
converters; those of the Markdown from the CommonMark parser. A word counts as wrong when it is missing or out of order, and when
the Markdown has one that the source has not.
"""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from urllib.parse import unquote

from . import sources, structure

WORD = re.compile(r"[^\W_]+")


@dataclass
class Measure:
    words: int
    missing: list[str]
    extra: list[str]

    @property
    def wrong(self) -> int:
        return max(len(self.missing), len(self.extra))


def measure(format: str, body: str, markdown: str, context: dict | None = None) -> Measure:
    source = WORD.findall(shown(sources.text(format, body, context)))
    result = WORD.findall(shown(structure.text(markdown)))
    missing, extra = difference(source, result)
    return Measure(max(len(source), len(result)), missing, extra)


def shown(text: str) -> str:
    """Without what stands for something drawn: markers of items and boxes of tasks in cells, names of emoji. Percent signs
    in addresses are read, as some parsers show them so."""
    text = re.sub(r"(?m)^\s*(?:[-*]\s+|\d+[.)]\s+)*(?:\\?\[[ x]\](?:\s|$))?", "", text)
    return unquote(re.sub(r":[\w+-]+:|\N{INFORMATION SOURCE}", " ", text), errors="replace")


def difference(source, result):
    matcher = SequenceMatcher(None, source, result, autojunk=False)
    missing, extra = [], []
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag != "equal":
            # The same letters, cut into words at other places, are the same text.
            if "".join(source[i1:i2]) == "".join(result[j1:j2]):
                continue
            missing += source[i1:i2]
            extra += result[j1:j2]
    return missing, extra
