"""Writes Atlassian Document Format as wiki markup, the form in which Data Center keeps the same bodies."""

from datetime import datetime, timezone

MARKS = {"strong": "*", "em": "_", "strike": "-", "underline": "+"}
PANELS = {"info": "info", "note": "note", "warning": "warning", "success": "tip", "error": "warning"}


def wiki(document: dict | None, people_by_account: dict[str, str]) -> str | None:
    return None if document is None else _Writer(people_by_account).blocks(document["content"])


class _Writer:
    def __init__(self, people: dict[str, str]):
        self.people = people

    def blocks(self, nodes: list[dict]) -> str:
        return "\n\n".join(text for node in nodes if (text := self.block(node)))

    def block(self, node: dict) -> str:
        kind, attrs, content = node["type"], node.get("attrs", {}), node.get("content", [])
        if kind == "paragraph":
            return self.line(content)
        if kind == "heading":
            return f"h{attrs['level']}. {self.line(content)}"
        if kind in ("bulletList", "orderedList"):
            return "\n".join(self.items(node, ""))
        if kind in ("taskList", "decisionList"):
            return "\n".join(("* (/) " if item["attrs"].get("state") == "DONE" else "* ") + self.line(item.get("content", []))
                             for item in content)
        if kind == "codeBlock":
            language = ":" + attrs["language"] if attrs.get("language") else ""
            return "{code%s}\n%s\n{code}" % (language, "".join(part["text"] for part in content))
        if kind == "blockquote":
            return "{quote}\n%s\n{quote}" % self.blocks(content)
        if kind == "panel":
            name = PANELS.get(attrs["panelType"], "panel")
            return "{%s}\n%s\n{%s}" % (name, self.blocks(content), name)
        if kind == "expand":
            return "{panel:title=%s}\n%s\n{panel}" % (attrs.get("title", ""), self.blocks(content))
        if kind == "rule":
            return "----"
        if kind == "table":
            return "\n".join(self.row(row["content"]) for row in content)
        if kind in ("mediaSingle", "mediaGroup"):
            return "\n".join(f"!{media['attrs'].get('alt', 'image.png')}!" for media in content if media["type"] == "media")
        if kind == "blockCard":
            return f"[{attrs['url']}]"
        raise ValueError(f"no wiki markup for {kind}")

    def items(self, node: dict, prefix: str) -> list[str]:
        prefix += "#" if node["type"] == "orderedList" else "*"
        lines = []
        for item in node["content"]:
            for part in item["content"]:
                lines += [f"{prefix} {self.line(part['content'])}"] if part["type"] == "paragraph" else self.items(part, prefix)
        return lines

    def row(self, cells: list[dict]) -> str:
        mark = "||" if cells[0]["type"] == "tableHeader" else "|"
        return mark + mark.join(self.blocks(cell["content"]) or " " for cell in cells) + mark

    def line(self, nodes: list[dict]) -> str:
        return "".join(self.inline(node) for node in nodes)

    def inline(self, node: dict) -> str:
        kind, attrs = node["type"], node.get("attrs", {})
        if kind == "text":
            text = node["text"]
            for mark in node.get("marks", ()):
                if mark["type"] == "link":
                    text = f"[{text}|{mark['attrs']['href']}]"
                elif mark["type"] == "code":
                    text = "{{%s}}" % text
                elif mark["type"] == "textColor":
                    text = "{color:%s}%s{color}" % (mark["attrs"]["color"], text)
                elif mark["type"] == "subsup":
                    sign = "~" if mark["attrs"]["type"] == "sub" else "^"
                    text = sign + text + sign
                else:
                    text = MARKS[mark["type"]] + text + MARKS[mark["type"]]
            return text
        if kind == "mention":
            return f"[~{self.people[attrs['id']]}]"
        if kind == "hardBreak":
            return "\\\\\n"
        if kind == "inlineCard":
            return f"[{attrs['url']}]"
        if kind == "date":
            return datetime.fromtimestamp(int(attrs["timestamp"]) / 1000, timezone.utc).strftime("%Y-%m-%d")
        return attrs.get("text", "")
