"""What a reader of the original sees: words and structure, read without the converters under test.

Confluence shows some texts that are attributes: titles of linked pages, names of files, labels of panels. They count as
text here. What is not counted: parameters that only steer, instructions of templates, identifiers, colours.
"""

import html
import json
import re
import xml.etree.ElementTree as ET
from collections import Counter
from html.entities import name2codepoint

from bs4 import BeautifulSoup, Comment, NavigableString

from . import structure

LABELS = {"info": "Info", "note": "Note", "warning": "Warning", "tip": "Tip"}
ADF_LABELS = {"info": "Info", "note": "Note", "warning": "Note", "error": "Warning", "success": "Tip", "tip": "Tip"}
PANEL_LABELS = {"#deebff": "Info", "#eae6ff": "Note", "#fffae6": "Note", "#e3fcef": "Tip", "#ffebe6": "Warning"}
# Made anew on every view, or invisible.
SILENT = {
    "toc", "anchor", "children", "pagetree", "recently-updated", "contentbylabel", "blog-posts", "attachments", "gallery",
    "livesearch", "pagetreesearch", "contributors", "change-history", "labels-list", "style", "css",
}
SKIPPED = {
    "ac:parameter", "ac:placeholder", "ac:task-id", "ac:task-uuid", "ac:task-status", "ac:adf-attribute", "ac:adf-mark",
    "ac:default-parameter", "style", "script", "head", "template", "select", "textarea", "title", "object", "iframe",
    "noscript",
}
BLOCKS = {
    "p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "li", "td", "th", "tr", "table", "ul", "ol", "pre", "blockquote", "br",
    "hr", "ac:structured-macro", "ac:macro", "ac:task-body", "ac:rich-text-body", "ac:plain-text-body", "ac:layout-cell",
    "ac:caption", "caption", "dt", "dd", "section", "ac:image", "img", "figcaption", "summary",
}


class Seen:
    def __init__(self):
        self.parts: list[str] = []
        self.headings: list[int] = []
        self.items: Counter = Counter()
        self.cells = 0
        self.code = 0
        self.links = 0
        # Whether links to pages have an address.
        self.has_site = False
        self.people: dict[str, str] = {}

    @property
    def text(self):
        return "".join(self.parts)

    def add(self, text):
        self.parts.append(text or "")


def text(format: str, body: str, context: dict | None = None) -> str:
    return read(format, body, context).text


def read(format: str, body: str, context: dict | None = None) -> Seen:
    seen = Seen()
    seen.has_site = "site" in (context or {})
    seen.people = (context or {}).get("people", {})
    if format == "adf":
        _adf(json.loads(body), seen, depth=0, in_cell=False)
    elif format == "wiki":
        _wiki(body, seen)
    else:
        _element(_parse(body, format), seen, depth=0, in_cell=False)
    seen.parts = [part.translate(INVISIBLE) for part in seen.parts]
    return seen


# No word of its own: zero width, soft hyphen, direction marks; and joiners, which the writer keeps only in some scripts.
INVISIBLE = dict.fromkeys([0xAD, 0x34F, 0x61C, 0x180E, 0xFEFF, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070)])


def compare(format: str, body: str, markdown: str, context: dict | None = None) -> dict[str, bool]:
    seen = read(format, body, context)
    found = structure.outline(structure.blocks(markdown))
    result = {}
    if format == "wiki":
        return {"headings": seen.headings == found["headings"], "code": seen.code == found["code"]}
    if seen.headings or found["headings"]:
        result["headings"] = seen.headings == found["headings"]
    if seen.items or found["items"]:
        result["items"] = seen.items == Counter(found["items"])
    if seen.cells or found["cells"]:
        result["cells"] = seen.cells == found["cells"]
    if seen.code or found["code"]:
        result["code"] = seen.code == found["code"]
    if seen.links or found["links"]:
        result["links"] = seen.links == found["links"]
    return result


def _parse(body: str, format: str):
    if format == "html":
        return BeautifulSoup(body, "html.parser")
    # Storage format is XML but for its prefixes and the names of HTML's characters.
    named = re.sub(
        r"<!\[CDATA\[.*?\]\]>|&(\w+);",
        lambda match: match[0] if match[1] is None or match[1] in ("lt", "gt", "amp", "quot", "apos") or match[1] not in name2codepoint
        else f"&#{name2codepoint[match[1]]};",
        body, flags=re.S)
    prefixes = set(re.findall(r"[<\s/]([a-z]+):[a-z]", named))
    spaces = "".join(f' xmlns:{prefix}="{prefix}"' for prefix in prefixes if prefix != "xml")
    try:
        return _soup(ET.fromstring(f"<root{spaces}>{named}</root>"))
    except ET.ParseError:
        return BeautifulSoup(body, "html.parser")


class Node:
    """An element as BeautifulSoup shows it, as far as it is used here."""

    def __init__(self, name, attrs, children):
        self.name, self.attrs, self.children = name, attrs, children

    def get(self, name, default=None):
        return self.attrs.get(name, default)

    def find(self, name, recursive=True):
        for child in self.children:
            if isinstance(child, Node):
                if child.name == name:
                    return child
                found = child.find(name) if recursive else None
                if found:
                    return found
        return None

    def get_text(self):
        return "".join(child.get_text() if isinstance(child, Node) else child for child in self.children)


def _soup(element) -> Node:
    def name(text):
        return re.sub(r"\{(\w+)\}", r"\1:", text)

    children = [element.text] if element.text else []
    for child in element:
        children.append(_soup(child))
        if child.tail:
            children.append(child.tail)
    return Node(name(element.tag), {name(key): value for key, value in element.attrib.items()}, children)


def _parameter(macro, name):
    for child in macro.children:
        if getattr(child, "name", None) == "ac:parameter" and (child.get("ac:name") or "").lower() == name:
            inner = child.find("ri:attachment") or child.find("ri:url")
            if inner:
                return inner.get("ri:filename") or inner.get("ri:value")
            return child.get_text().strip()
    return None


def _element(node, seen, depth, in_cell):
    for child in node.children:
        if isinstance(child, (str, NavigableString)):
            if not isinstance(child, Comment):
                seen.add(str(child))
            continue
        if isinstance(child, (Node,)) or hasattr(child, "children"):
            _visit(child, seen, depth, in_cell)


def _visit(node, seen, depth, in_cell):
    name = node.name.lower()
    if name in SKIPPED:
        return
    if name in BLOCKS:
        seen.add("\n")
    if name in ("ac:structured-macro", "ac:macro"):
        return _macro(node, seen, depth, in_cell)
    if name == "ac:link":
        return _link(node, seen, depth, in_cell)
    if name == "ac:image":
        file = node.find("ri:attachment")
        alt = (node.get("ac:alt") or node.get("ac:title") or "").strip()
        address = node.find("ri:url")
        last = address.get("ri:value").rsplit("/", 1)[-1] if address is not None else ""
        seen.add(f" {alt or (file.get('ri:filename') if file else last)} ")
        caption = node.find("ac:caption")
        if caption:
            seen.add("\n")
            _element(caption, seen, depth, in_cell)
        return
    if name == "img":
        source = str(node.get("src") or "")
        seen.add(f" {node.get('alt') or node.get('title') or (source.rsplit('/', 1)[-1] if not source.startswith('data:') else '')} ")
        return
    if name == "ac:emoticon":
        shown = node.get("ac:emoji-fallback") or ""
        return seen.add(shown if not shown.startswith(":") else "")
    if name == "time" and not node.get_text().strip():
        return seen.add(node.get("datetime") or "")
    if name == "ac:adf-extension":
        chosen = node.find("ac:adf-node", recursive=False) or node.find("ac:adf-fallback", recursive=False)
        kind = next((c.get_text().strip() for c in getattr(chosen, "children", []) if getattr(c, "name", None) == "ac:adf-attribute"
                     and c.get("key") == "panel-type"), None)
        seen.add(f" {ADF_LABELS.get(kind or '', '')} ")
        return _element(chosen or node, seen, depth, in_cell)
    if re.fullmatch("h[1-6]", name) and not in_cell and _shown(node):
        seen.headings.append(int(name[1]))
    if name in ("li", "ac:task") and not in_cell and (name == "ac:task" or _shown(node)):
        seen.items[max(depth, 1)] += 1
    if name == "pre" and not in_cell and node.get_text().strip():
        seen.code += 1
    if name == "a" and node.get("href") and _shown(node) and not str(node.get("href")).startswith("javascript"):
        seen.links += 1
    if name in ("td", "th"):
        seen.cells += (not in_cell) and bool(_shown(node))
        in_cell = True
    _element(node, seen, depth + (name in ("ul", "ol", "ac:task-list")), in_cell)
    if name in BLOCKS:
        seen.add("\n")


def _shown(node) -> bool:
    inner = Seen()
    _element(node, inner, 0, True)
    return bool(inner.text.translate(INVISIBLE).strip()) or node.find("ac:image") is not None or node.find("img") is not None or node.find("ac:emoticon") is not None


def _macro(node, seen, depth, in_cell):
    kind = (node.get("ac:name") or "").lower()
    rich = node.find("ac:rich-text-body", recursive=False)
    plain = node.find("ac:plain-text-body", recursive=False)
    title = _parameter(node, "title")
    if kind in LABELS or kind in ("panel", "expand", "ui-expand"):
        label = LABELS.get(kind) or PANEL_LABELS.get((_parameter(node, "bgcolor") or "").lower(), "")
        # A panel without content and title is not shown.
        label = label if title or plain is not None or (rich is not None and _shown(rich)) else ""
        seen.add(f" {label} {title or ('Details' if 'expand' in kind else '')}\n")
    elif kind == "status":
        return seen.add(f" {title or ''} ")
    elif kind in ("jira", "jiraissues"):
        return seen.add(f" {_parameter(node, 'key') or _parameter(node, '') or _parameter(node, 'jqlquery') or ''} ")
    elif kind in ("view-file", "viewpdf", "viewdoc", "viewxls", "viewppt", "multimedia"):
        return seen.add(f" {_parameter(node, 'name') or ''} ")
    elif kind in ("drawio", "inc-drawio", "gliffy"):
        return seen.add(f" {_parameter(node, 'diagramname') or _parameter(node, 'name') or ''} ")
    elif kind in ("widget", "iframe"):
        seen.links += 1
        return seen.add(f" {_parameter(node, 'url') or ''} ")
    elif kind in ("include", "excerpt-include"):
        page = node.find("ri:page")
        seen.links += seen.has_site
        return seen.add(f" {page.get('ri:content-title') if page else ''} ")
    elif kind in ("profile", "user-profile"):
        return seen.add(" user ")
    elif kind in SILENT:
        return None
    elif kind in ("mathinline", "eazy-math-inline", "easy-math-block", "mathblock"):
        seen.code += "inline" not in kind and not in_cell
        return seen.add(f" {_parameter(node, 'body') or _parameter(node, 'equation') or (plain.get_text() if plain else '')} ")
    elif plain is not None and title:
        seen.add(f" {title}\n")
    if plain is not None and plain.get_text().strip():
        seen.code += not in_cell
        seen.add(plain.get_text() + "\n")
    if rich is not None:
        _element(rich, seen, depth, in_cell)
        seen.add("\n")


def _link(node, seen, depth, in_cell):
    target = next((child for child in node.children if str(getattr(child, "name", "")).startswith("ri:")), None)
    kind = target.name if target is not None else None
    body = node.find("ac:link-body", recursive=False) or node.find("ac:plain-text-link-body", recursive=False)
    anchor = node.get("ac:anchor") or ""
    file = (target.get("ri:filename") or "") if kind == "ri:attachment" else ""
    to_page = kind in ("ri:page", "ri:blog-post", "ri:space", "ri:content-entity")
    if kind == "ri:url" or (kind is None and anchor) or (to_page and seen.has_site):
        seen.links += 1
    if body is not None and (body.get_text().strip() or body.find("ac:image")):
        _element(body, seen, depth, in_cell)
        if file and body.get_text().strip() not in ("", file):
            seen.add(f" {file} ")
        return
    image = node.find("ac:image")
    if image:
        return _visit(image, seen, depth, in_cell)
    shown = {
        "ri:page": lambda: target.get("ri:content-title"), "ri:blog-post": lambda: target.get("ri:content-title"),
        "ri:space": lambda: target.get("ri:space-key"), "ri:user": lambda: target.get("ri:username") or "user",
        "ri:attachment": lambda: file, "ri:url": lambda: target.get("ri:value"),
        "ri:shortcut": lambda: f"{target.get('ri:parameter')}@{target.get('ri:key')}",
    }.get(kind, lambda: "")()
    seen.add(shown or anchor)


def _adf(node, seen, depth, in_cell):
    if isinstance(node, list):
        for child in node:
            _adf(child, seen, depth, in_cell)
        return
    if not isinstance(node, dict):
        return
    kind = node.get("type") if isinstance(node.get("type"), str) else ""
    attrs = node.get("attrs") if isinstance(node.get("attrs"), dict) else {}
    content = node.get("content") if isinstance(node.get("content"), list) else []

    def get(key):
        value = attrs.get(key)
        return value if isinstance(value, str) else ""

    if kind in ("placeholder", "syncBlock"):
        return
    block = kind not in ("text", "mention", "emoji", "status", "date", "inlineCard", "mediaInline", "hardBreak", "inlineExtension")
    seen.add("\n" if block or kind == "hardBreak" else "")
    own = Seen()
    _adf(content, own, 0, True)
    shows = bool(own.text.strip())
    if kind == "text":
        text = node.get("text") if isinstance(node.get("text"), str) else ""
        marks = node.get("marks") if isinstance(node.get("marks"), list) else []
        link = [m["attrs"].get("href") for m in marks if isinstance(m, dict) and m.get("type") == "link" and isinstance(m.get("attrs"), dict)]
        if link and text.strip() and isinstance(link[0], str):
            if getattr(seen, "last_link", None) != (len(seen.parts), link[0]):
                seen.links += 1
            seen.add(text)
            seen.last_link = (len(seen.parts) + 1, link[0])
            return
        return seen.add(text)
    if kind == "mention":
        return seen.add(get("text") or "user")
    if kind == "emoji":
        shown = get("text") or get("shortName")
        return seen.add(shown if not shown.startswith(":") else f" {shown} ")
    if kind == "status":
        return seen.add(get("text"))
    if kind == "date":
        from datetime import datetime, timezone
        try:
            return seen.add(datetime.fromtimestamp(int(attrs.get("timestamp")) / 1000, timezone.utc).strftime("%Y-%m-%d"))
        except (TypeError, ValueError, OverflowError, OSError):
            return seen.add(get("timestamp"))
    if kind in ("inlineCard", "blockCard", "embedCard", "applicationCard"):
        data = attrs.get("data") if isinstance(attrs.get("data"), dict) else {}
        link = attrs.get("link") if isinstance(attrs.get("link"), dict) else {}
        title = attrs.get("title") if isinstance(attrs.get("title"), dict) else {}
        address = get("url") or data.get("url") or link.get("url")
        seen.links += bool(address)
        return seen.add(f" {data.get('name') or title.get('text') or get('text') or address or ''} ")
    if kind in ("media", "mediaInline"):
        url = get("url")
        return seen.add(f" {get('alt') or url.rsplit('/', 1)[-1]} ")
    if kind == "panel" and shows:
        seen.add(f" {ADF_LABELS.get(get('panelType'), '')} ")
    if kind in ("expand", "nestedExpand"):
        seen.add(f" {get('title') or 'Details'}\n")
    if kind == "decisionItem":
        seen.add(" Decision ")
    if kind == "heading" and not in_cell and shows:
        seen.headings.append(min(max(attrs.get("level", 1) if isinstance(attrs.get("level"), int) else 1, 1), 6))
    if kind in ("listItem", "taskItem", "blockTaskItem", "decisionItem") and not in_cell and (shows or "media" in json.dumps(content)):
        seen.items[depth] += 1
    if kind == "codeBlock" and not in_cell and shows:
        seen.code += 1
    if kind in ("extension", "bodiedExtension", "inlineExtension"):
        return _adf_extension(node, attrs, content, seen, depth, in_cell)
    if kind == "table":
        return _adf_table(attrs, content, seen, depth)
    deeper = depth + (kind in ("bulletList", "orderedList", "taskList", "decisionList"))
    for child in content:
        _adf(child, seen, deeper, in_cell)
    seen.add("\n" if block else "")


def _adf_table(attrs, rows, seen, depth):
    number = 0
    for row in rows:
        cells = row.get("content") or [] if isinstance(row, dict) else []
        cells = [cell for cell in cells if isinstance(cell, dict)]
        if attrs.get("isNumberColumnEnabled") is True and not (number == 0 and cells and all(c.get("type") == "tableHeader" for c in cells)):
            number += 1
            seen.cells += 1
            seen.add(f"\n{number}\n")
        for cell in cells:
            inner = Seen()
            _adf(cell.get("content") or [], inner, depth, True)
            seen.add("\n" + inner.text + "\n")
            seen.links += inner.links
            seen.cells += bool(inner.text.translate(INVISIBLE).strip())


def _adf_extension(node, attrs, content, seen, depth, in_cell):
    parameters = attrs.get("parameters") if isinstance(attrs.get("parameters"), dict) else {}
    values = parameters.get("macroParams") or parameters.get("macroparams")
    values = values if isinstance(values, dict) else {}

    def get(name):
        for key, value in values.items():
            if key.lower() == name:
                return (value.get("value") if isinstance(value, dict) else value) or ""
        return ""

    kind = str(attrs.get("extensionKey") or "").lower()
    if kind in SILENT:
        return
    if kind in ("expand", "ui-expand"):
        seen.add(f" {get('title') or get('') or 'Details'}\n")
    elif kind == "status":
        return seen.add(f" {get('title')} ")
    elif kind in LABELS:
        seen.add(f" {LABELS[kind]} {get('title')}\n")
    elif kind in ("jira", "jiraissues"):
        return seen.add(f" {get('key') or get('') or get('jqlquery')} ")
    elif kind in ("view-file", "viewpdf", "viewdoc", "viewxls", "viewppt", "multimedia"):
        return seen.add(f" {get('name')} ")
    elif kind in ("drawio", "inc-drawio", "gliffy"):
        return seen.add(f" {get('diagramname') or get('name')} ")
    elif kind in ("widget", "iframe"):
        return seen.add(f" {get('url')} ")
    if isinstance(node.get("content"), list):
        return _adf(content, seen, depth, in_cell)
    body = get("__bodycontent") or attrs.get("text")
    if isinstance(body, str) and body.strip():
        seen.code += not in_cell
        seen.add(f" {body} ")


MACROS = "|".join((
    "color", "quote", "panel", "info", "note", "tip", "warning", "expand", "section", "column", "excerpt", "details", "anchor",
    "toc", "children", "attachments", "gallery", "status", "jira", "jiraissues", "include", "widget", "loremipsum",
))


# What may stand before a heading on its line.
BEFORE = r"(?:[ \t]*(?:[*#-]+[ \t]+|\{\w+[^}\n]*\}))*[ \t]*"


def _wiki(body, seen):
    """Roughly what Jira shows: enough to count words, not to lay them out."""
    text = body.replace("\r\n", "\n")
    kept = []

    def keep(shown):
        kept.append(shown)
        return f"\uE000{len(kept) - 1}\uE001"

    def code(match):
        title = re.search(r"title=([^|}]*)", match[2] or "")
        seen.code += 1 if match[3].strip() else 0
        return keep(f"\n{title[1] if title else ''}\n{match[3]}\n")

    def adf(match):
        inner = Seen()
        try:
            _adf(json.loads(match[1]), inner, 0, False)
        except ValueError:
            return keep(match[1])
        return keep(inner.text)

    text = re.sub(r"\{adf[^}\n]*\}(.*?)\{adf\}", adf, text, flags=re.S | re.I)
    text = re.sub(r"(?<!\\)\{(code|noformat)(:[^}\n]*)?\}(.*?)\{\1\}", code, text, flags=re.S | re.I)
    text = re.sub(r"(?<!\{)\{\{([^\n]*?)\}\}", lambda match: keep(match[1]), text)
    for level in re.findall(rf"(?m)^{BEFORE}h([1-6])\.[ \t]+\S", text):
        seen.headings.append(int(level))
    text = re.sub(rf"(?m)(^{BEFORE}|\|)(h[1-6]|bq)\.[ \t]+", r"\1", text)

    def macro(match):
        name = match[1].lower()
        title = re.search(r"title=([^|}]*)", match[2] or "")
        colour = re.search(r"(?i)bgcolor=(#\w+)", match[2] or "")
        label = LABELS.get(name, "") if match[2] is not None or name in LABELS else ""
        if name == "panel" and colour:
            label = PANEL_LABELS.get(colour[1].lower(), "")
        return keep(f" {label} {title[1] if title else ''} ")

    text = re.sub(rf"(?<!\\)(?:\\\\)*\{{({MACROS})(:[^}}\n]*)?\}}", macro, text, flags=re.I)

    def link(match):
        image = re.match(r"(![^!\n]+!)\|(.*)", match[1])
        parts = [image[1], *image[2].split("|")] if image else match[1].split("|")
        target = parts[1 if len(parts) > 1 else 0].strip()
        if target.startswith("~"):
            person = re.sub("(?i)^accountid:", "", target[1:])
            return keep(f" {seen.people.get(person, person)} ")
        if re.match(r"(?i)[#^]|www\.|mailto:|/|\\\\|(https?|ftps?|ircs?|file|news|nntp|ssh|svn|git):", target):
            if len(parts) > 1 and parts[0].strip():
                return parts[0]
            return keep(re.sub("^(mailto:|[#^])", "", target))
        return match[0]

    text = re.sub(r"\[((?:![^!\n]+!)?[^\]\[\n]+)\]", link, text)
    text = re.sub(r"(?<![\w])!([^!|\s][^!|\n]*(?:\.\w{1,5}|://[^!|\n]*))(?:\|([^!\n]*))?!", image, text)
    text = re.sub(r"(?<!\w)\((y|n|i|x|on|off|\*[rgby]|flag|flagoff)\)|(?<!\w)(:[DPp])(?!\w)", " ", text)
    text = re.sub(r"&(#?\w+);", lambda match: html.unescape(match[0]), text)
    seen.add(re.sub("\uE000(\\d+)\uE001", lambda match: kept[int(match[1])], _restored(text, kept)))


def image(match):
    alt = re.search(r"alt=([^,|]*)", match[2] or "")
    return f" {alt[1] if alt else match[1].rsplit('/', 1)[-1] if '://' in match[1] else match[1]} "


def _restored(text, kept):
    # What was kept may hold what was kept before.
    for _ in range(3):
        text = re.sub("\uE000(\\d+)\uE001", lambda match: kept[int(match[1])], text)
    return text
