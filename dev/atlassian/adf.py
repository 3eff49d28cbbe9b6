"""Turns the corpus's light notation into Atlassian Document Format.

Blocks: `# heading`, paragraphs, `- ` and `1. ` lists (nested by two spaces), `[ ]`/`[x]` tasks, `> quote`, `---`,
`|| head || head ||` and `| cell | cell |` tables, fenced code (language `adf` = a raw node as JSON),
`:::panel info` / `:::expand Title` up to `:::`. Inline notation: see adf_inline.
"""

import json
import re

from .adf_inline import inline

LIST_ITEM = re.compile(r"(?P<indent> *)(?P<mark>-|\d+\.) (?P<text>.*)")
TASK = re.compile(r"\[(?P<done>[ x])\] (?P<text>.*)")
HEADING = re.compile(r"(?P<level>#{1,6}) (?P<text>.*)")
STARTS_BLOCK = re.compile(r"#{1,6} | *(-|\d+\.) |\[[ x]\] |> |\||```|:::|---$")


def document(text: str, people: dict) -> dict:
    return {"type": "doc", "version": 1, "content": _Blocks(text.strip("\n").split("\n"), people).read()}


class _Blocks:
    def __init__(self, lines: list[str], people: dict):
        self.lines = lines
        self.people = people
        self.at = 0

    def read(self) -> list[dict]:
        blocks = []
        while self.at < len(self.lines):
            if self.lines[self.at].strip():
                blocks.append(self._block())
            else:
                self.at += 1
        return blocks

    def _block(self) -> dict:
        line = self.lines[self.at]
        if heading := HEADING.fullmatch(line):
            self.at += 1
            return {"type": "heading", "attrs": {"level": len(heading["level"])}, "content": self._inline(heading["text"])}
        if LIST_ITEM.fullmatch(line):
            return self._list()
        if TASK.fullmatch(line):
            return self._tasks()
        if line.startswith("> "):
            quoted = self._take(lambda l: l.startswith("> "))
            return {"type": "blockquote", "content": _Blocks([l[2:] for l in quoted], self.people).read()}
        if line.startswith("|"):
            return self._table()
        if line.startswith("```"):
            return self._code()
        if line.startswith(":::"):
            return self._container()
        if line == "---":
            self.at += 1
            return {"type": "rule"}
        first = self.lines[self.at]
        self.at += 1
        more = self._take(lambda l: l.strip() and not STARTS_BLOCK.match(l))
        return {"type": "paragraph", "content": self._inline("\n".join([first, *more]))}

    def _take(self, belongs) -> list[str]:
        start = self.at
        while self.at < len(self.lines) and belongs(self.lines[self.at]):
            self.at += 1
        return self.lines[start:self.at]

    def _list(self) -> dict:
        first = LIST_ITEM.fullmatch(self.lines[self.at])
        depth, ordered = len(first["indent"]), first["mark"] != "-"
        items = []
        while self.at < len(self.lines) and (item := LIST_ITEM.fullmatch(self.lines[self.at])):
            if len(item["indent"]) < depth:
                break
            if len(item["indent"]) > depth:
                items[-1]["content"].append(self._list())
                continue
            self.at += 1
            paragraph = {"type": "paragraph", "content": self._inline(item["text"])}
            items.append({"type": "listItem", "content": [paragraph]})
        if ordered:
            return {"type": "orderedList", "attrs": {"order": 1}, "content": items}
        return {"type": "bulletList", "content": items}

    def _tasks(self) -> dict:
        items = []
        for line in self._take(TASK.fullmatch):
            task = TASK.fullmatch(line)
            state = "DONE" if task["done"] == "x" else "TODO"
            items.append({"type": "taskItem", "attrs": {"localId": f"task-{self.at}-{len(items)}", "state": state},
                          "content": self._inline(task["text"])})
        return {"type": "taskList", "attrs": {"localId": f"tasks-{self.at}"}, "content": items}

    def _table(self) -> dict:
        rows = []
        for line in self._take(lambda l: l.startswith("|")):
            header = line.startswith("||")
            cells = [cell.strip() for cell in line.strip("|").split("||" if header else "|")]
            kind = "tableHeader" if header else "tableCell"
            rows.append({"type": "tableRow", "content": [
                {"type": kind, "attrs": {}, "content": [{"type": "paragraph", "content": self._inline(cell)}]} for cell in cells]})
        return {"type": "table", "attrs": {"isNumberColumnEnabled": False, "layout": "default"}, "content": rows}

    def _code(self) -> dict:
        language = self.lines[self.at][3:].strip()
        self.at += 1
        body = "\n".join(self._take(lambda l: not l.startswith("```")))
        self.at += 1
        if language == "adf":
            return json.loads(body)
        attributes = {"language": language} if language else {}
        return {"type": "codeBlock", "attrs": attributes, "content": [{"type": "text", "text": body}]}

    def _container(self) -> dict:
        kind, _, argument = self.lines[self.at][3:].partition(" ")
        self.at += 1
        content = _Blocks(self._take(lambda l: l != ":::"), self.people).read()
        self.at += 1
        if kind == "panel":
            return {"type": "panel", "attrs": {"panelType": argument}, "content": content}
        return {"type": "expand", "attrs": {"title": argument}, "content": content}

    def _inline(self, text: str) -> list[dict]:
        return inline(text, self.people)
