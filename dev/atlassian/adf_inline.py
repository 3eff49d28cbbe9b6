"""Inline notation of adf.py.

`**strong**`, `*em*`, `~~strike~~`, `` `code` ``, `[text](url)`, `@{person}`, `:emoji:`, `{card:url}`,
`{status:text|color}`, `{date:2026-05-01}`, a backslash at a line's end for a hard break.
"""

import re
from datetime import datetime, timezone

EMOJI = {"warning": "⚠️", "thumbsup": "👍", "snowflake": "❄️", "truck": "🚚", "white_check_mark": "✅", "eyes": "👀"}
TOKEN = re.compile(
    r"\*\*(?P<strong>.+?)\*\*|\*(?P<em>[^*\s][^*]*)\*|~~(?P<strike>.+?)~~|`(?P<code>[^`]+)`"
    r"|\[(?P<label>[^\]]+)\]\((?P<href>[^)\s]+)\)|@\{(?P<person>\w+)\}|:(?P<emoji>" + "|".join(EMOJI) + r"):"
    r"|\{card:(?P<card>[^}]+)\}|\{status:(?P<status>[^|}]+)\|(?P<color>\w+)\}|\{date:(?P<date>[\d-]+)\}|(?P<break>\\\n)")


def inline(text: str, people: dict, marks: tuple = ()) -> list[dict]:
    nodes: list[dict] = []
    position = 0
    for match in TOKEN.finditer(text):
        nodes += _plain(text[position:match.start()], marks)
        nodes += _token(match, people, marks)
        position = match.end()
    return nodes + _plain(text[position:], marks)


def _plain(text: str, marks: tuple) -> list[dict]:
    text = text.replace("\n", " ")
    if not text:
        return []
    node = {"type": "text", "text": text}
    if marks:
        node["marks"] = list(marks)
    return [node]


def _token(match: re.Match, people: dict, marks: tuple) -> list[dict]:
    found = {name: value for name, value in match.groupdict().items() if value is not None}
    for mark in ("strong", "em", "strike"):
        if mark in found:
            return inline(found[mark], people, (*marks, {"type": mark}))
    if "code" in found:
        # ADF allows beside `code` only `link` and `annotation`.
        return _plain(found["code"], ({"type": "code"},))
    if "href" in found:
        return inline(found["label"], people, (*marks, {"type": "link", "attrs": {"href": found["href"]}}))
    return [_atom(found)] if "person" not in found else [_mention(found["person"], people)]


def _mention(person: str, people: dict) -> dict:
    who = people[person]
    return {"type": "mention", "attrs": {"id": who["account"], "text": "@" + who["name"], "accessLevel": ""}}


def _atom(found: dict) -> dict:
    if "emoji" in found:
        name = f":{found['emoji']}:"
        return {"type": "emoji", "attrs": {"shortName": name, "text": EMOJI[found["emoji"]]}}
    if "card" in found:
        return {"type": "inlineCard", "attrs": {"url": found["card"]}}
    if "status" in found:
        return {"type": "status", "attrs": {"text": found["status"], "color": found["color"], "localId": "status-" + found["status"]}}
    if "date" in found:
        day = datetime.fromisoformat(found["date"]).replace(tzinfo=timezone.utc)
        return {"type": "date", "attrs": {"timestamp": str(int(day.timestamp() * 1000))}}
    return {"type": "hardBreak"}
