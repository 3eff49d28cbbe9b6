"""The structure of Markdown as a CommonMark parser (markdown-it-py) sees it, in a normal form that can be compared.

Blocks are tuples: ("heading", level, inline), ("paragraph", inline), ("list", is_numbered, items), ("code", language, text),
("quote", blocks), ("table", rows), ("rule",). Inline content is a list of (text, marks, link): marks as a frozenset.
Taken as equal: soft and hard line breaks, tight and loose lists, `<strong>` and `**`, the order in which marks nest.
"""

import html
import re
from urllib.parse import unquote

from markdown_it import MarkdownIt

PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
MARKS = {
    "strong": "strong", "b": "strong", "em": "em", "i": "em", "cite": "em", "q": "em", "del": "s", "s": "s", "u": "u",
    "ins": "u", "sub": "sub", "sup": "sup",
}


def blocks(markdown: str) -> list:
    tokens = PARSER.parse(markdown)
    result, _ = _blocks(tokens, 0, None)
    return result


def _blocks(tokens, index, closing):
    result = []
    while index < len(tokens):
        token = tokens[index]
        if token.type == closing:
            return result, index + 1
        index += 1
        if token.type in ("paragraph_open", "heading_open"):
            content = inline(tokens[index].children or [])
            index += 2
            if token.type == "heading_open":
                result.append(("heading", int(token.tag[1]), content))
            elif content:
                result.append(("paragraph", content))
        elif token.type in ("bullet_list_open", "ordered_list_open"):
            items, index = _blocks(tokens, index, token.type.replace("open", "close"))
            result.append(("list", token.type.startswith("ordered"), [item[1] for item in items]))
        elif token.type == "list_item_open":
            content, index = _blocks(tokens, index, "list_item_close")
            result.append(("item", content))
        elif token.type == "blockquote_open":
            content, index = _blocks(tokens, index, "blockquote_close")
            result.append(("quote", content))
        elif token.type in ("fence", "code_block"):
            result.append(("code", token.info.strip().lower(), token.content.strip("\n")))
        elif token.type == "hr":
            result.append(("rule",))
        elif token.type == "html_block":
            text = words(re.sub(r"<[^>]*>", " ", token.content))
            if text:
                result.append(("paragraph", [(text, frozenset(), None)]))
        elif token.type == "table_open":
            rows, index = _table(tokens, index)
            result.append(("table", rows))
    return result, index


def _table(tokens, index):
    rows = []
    while tokens[index].type != "table_close":
        token = tokens[index]
        if token.type == "tr_open":
            rows.append([])
        elif token.type == "inline":
            rows[-1].append(inline(token.children or []))
        index += 1
    # A header without text is only there because GitHub's tables must have one.
    rows = [row for row in rows if any(row)]
    for row in rows:
        while row and not row[-1]:
            row.pop()
    return rows, index + 1


def inline(tokens) -> list:
    runs = []
    marks: list[str] = []
    links: list[str | None] = []

    def add(text):
        link = links[-1] if links else None
        kinds = frozenset(marks)
        if runs and runs[-1][1:] == (kinds, link):
            runs[-1] = (runs[-1][0] + text, kinds, link)
        else:
            runs.append((text, kinds, link))

    for token in tokens:
        kind = token.type
        if kind == "text":
            add(token.content)
        elif kind in ("softbreak", "hardbreak"):
            add(" ")
        elif kind == "code_inline":
            marks.append("code")
            add(token.content)
            marks.pop()
        elif kind == "image":
            alt = "".join(child.content for child in token.children or [])
            source = token.attrs.get("src", "")
            marks.append("image")
            add(alt or unquote(str(source)).rsplit("/", 1)[-1])
            marks.pop()
        elif kind == "link_open":
            links.append(unquote(str(token.attrs.get("href", ""))))
        elif kind == "link_close":
            links.pop()
        elif kind == "html_inline":
            _element(token.content, marks, add)
        elif kind.endswith("_open"):
            marks.append(kind.removesuffix("_open"))
        elif kind.endswith("_close"):
            marks.remove(kind.removesuffix("_close"))
    return tidy(runs)


def _element(text, marks, add):
    match = re.match(r"<(/?)([a-zA-Z]+)", text)
    if not match:
        return
    name = match[2].lower()
    if name == "br":
        add(" ")
    elif name in MARKS:
        if not match[1]:
            marks.append(MARKS[name])
        elif MARKS[name] in marks:
            marks.remove(MARKS[name])


def tidy(runs):
    """Blanks collapsed, none at the ends, none under marks."""
    result = []
    text_before_blank = False
    for text, marks, link in runs:
        marks = frozenset("s" if mark == "strike" else mark for mark in marks)
        for part in re.findall(r"\s+|\S+", html.unescape(text)):
            if part.isspace():
                text_before_blank = True
                continue
            blank = " " if text_before_blank and result else ""
            text_before_blank = False
            if result and result[-1][1:] == (marks, link):
                result[-1] = (result[-1][0] + blank + part, marks, link)
            else:
                if blank:
                    result.append((" ", frozenset(), None))
                result.append((part, marks, link))
    return [run for run in result if run[0] != " "]


def text(markdown: str) -> str:
    """All that a reader of the Markdown sees, without marks."""
    parts = []
    for token in PARSER.parse(markdown):
        if token.type in ("fence", "code_block"):
            parts.append(token.content)
        elif token.type == "html_block":
            parts.append(re.sub(r"<[^>]*>", " ", token.content))
        for child in token.children or []:
            if child.type == "image":
                alt = "".join(inner.content for inner in child.children or [])
                parts.append(f" {alt or unquote(str(child.attrs.get('src', ''))).rsplit('/', 1)[-1]} ")
            elif child.type == "html_inline":
                parts.append("\n" if child.content.startswith("<br") else "")
            elif child.type in ("softbreak", "hardbreak"):
                parts.append("\n")
            else:
                parts.append(child.content)
        parts.append("\n")
    return "".join(parts)


def words(text: str) -> str:
    return " ".join(text.split())


def outline(blocks) -> dict:
    """What is counted to compare structures: headings, list items by depth, cells, code blocks, links, images."""
    counts = {"headings": [], "items": [], "cells": 0, "code": 0, "links": 0, "images": 0}
    _count(blocks, counts, 0)
    return counts


def _count(blocks, counts, depth):
    for block in blocks:
        kind = block[0]
        if kind == "heading":
            counts["headings"].append(block[1])
            _count_inline(block[2], counts)
        elif kind == "paragraph":
            _count_inline(block[1], counts)
        elif kind == "list":
            for item in block[2]:
                counts["items"].append(depth + 1)
                _count(item, counts, depth + 1)
        elif kind == "quote":
            _count(block[1], counts, depth)
        elif kind == "code":
            counts["code"] += 1
        elif kind == "table":
            for row in block[1]:
                for cell in row:
                    counts["cells"] += bool(cell)
                    _count_inline(cell, counts)


def _count_inline(runs, counts):
    previous = None
    for text, marks, link in runs:
        if "image" in marks:
            counts["images"] += 1
        if link and link != previous:
            counts["links"] += 1
        previous = link
