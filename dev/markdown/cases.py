"""The fixture sets as cases: a body, its format, and where there is one the Markdown somebody else expects."""

import json
import os
import re
from dataclasses import dataclass
from pathlib import Path


@dataclass
class Case:
    set: str
    name: str
    format: str
    body: str
    expected: str | None = None
    # Whether the expected text is GitHub-flavoured Markdown as it stands (A in SOURCES.md).
    is_exact: bool = False
    # What the body does not say: site, space, people.
    context: dict | None = None


def folder() -> Path | None:
    """The shared fixtures: OHRA_FIXTURES, or ../shared/fixtures beside the checkout; None when they are not there."""
    root = Path(__file__).resolve().parents[2]
    for path in (os.environ.get("OHRA_FIXTURES"), root.parent / "shared" / "fixtures", "/work/shared/fixtures"):
        if path and Path(path).is_dir():
            return Path(path)
    return None


def load(root: Path) -> list[Case]:
    return [*adf(root / "adf"), *storage(root / "confluence"), *wiki(root / "wiki-markup"), *jira(root / "jira")]


def read(path: Path) -> str:
    # newline="": line ends are part of the fixture.
    with path.open(encoding="utf-8", newline="") as file:
        return file.read()


def dumps(value) -> str:
    return json.dumps(value, ensure_ascii=False)


def adf(root: Path):
    for kind in ("valid", "invalid"):
        for name, document in json.loads(read(root / f"atlassian-v1-reference/{kind}.json")).items():
            yield Case(f"adf/reference-{kind}", name, "adf", dumps(document))
    for path in sorted((root / "atlassian-renderer-examples").glob("*.json")):
        yield Case("adf/renderer-examples", path.name, "adf", read(path))
    for path in sorted((root / "confluence-cloud-samples").glob("*.json")):
        yield Case("adf/confluence-cloud", path.name, "adf", read(path))
    for name in ("jiraps", "jira-cli"):
        expected = read(root / f"jira-samples/{name}.sample.expected.md")
        body = read(root / f"jira-samples/{name}.sample.adf.json")
        yield Case(f"adf/{name}", name, "adf", body, expected, name == "jiraps")
    for case in json.loads(read(root / "markdown-to-adf/marklassian.cases.json")):
        yield Case("adf/marklassian", case["name"], "adf", dumps(case["adf"]), case["markdown"], True)


def storage(root: Path):
    for page in sorted((root / "querypie-ko").iterdir()):
        if (page / "storage.xhtml").exists():
            yield Case("storage/querypie", page.name, "storage", read(page / "storage.xhtml"))
        document = page / "document.adf.json"
        if document.exists() and document.stat().st_size:
            yield Case("adf/querypie", page.name, "adf", read(document))
        if (page / "view.html").exists():
            yield Case("html/querypie", page.name, "html", read(page / "view.html"))
    for case in json.loads(read(root / "storage-to-markdown/obsidian.cases.json")):
        expected = case.get("expected_markdown")
        yield Case("storage/obsidian", case["name"], "storage", case["storage"], expected, is_markdown(expected), OBSIDIAN)
    for case in json.loads(read(root / "atlassian-storage-to-adf/cases.json")):
        yield Case("storage/atlassian", case["name"], "storage", case["cxhtml"])
    for name, body in json.loads(read(root / "atlassian-storage-to-adf/macro-samples.json")).items():
        yield Case("storage/atlassian-macros", name, "storage", body)
    for name in ("md2conf", "mark", "workable", "md2cf", "maven-plugin"):
        for path in sorted((root / name).rglob("*.storage.x*ml")):
            source = path.with_name(re.sub(r"\.storage\.x.*ml$", ".source.md", path.name))
            expected = read(source) if name == "md2cf" and source.exists() else None
            yield Case(f"storage/{name}", path.name, "storage", read(path), expected, name == "md2cf")
    export = read(root / "server-export/doctoolchain.entities.xml")
    for index, body in enumerate(re.findall(r'<property name="body"><!\[CDATA\[(.*?)\]\]>\s*</property>', export, re.S)):
        # The export splits "]]>" inside bodies with a blank.
        yield Case("storage/server-export", str(index), "storage", body.replace("]] >", "]]>"))
    for name in ("page", "blog_post"):
        for index, value in enumerate(bodies(json.loads(read(root / f"rest/cloud-v1.{name}.airbyte.json")), "storage")):
            yield Case("storage/airbyte", f"{name}-{index}", "storage", value)


OBSIDIAN = {"site": "https://confluence.example.com", "space": "ENG"}


def is_markdown(expected: str | None) -> bool:
    """Whether an expected text of the Obsidian set is plain Markdown: no callout, no kept fragment, no HTML for what
    Markdown cannot say."""
    marks = ("<!--", "{cf:", "[!", "```confluence-block", "<a ", "<span", "<table", "[[", "linenumbers=")
    return expected is not None and not any(mark in expected for mark in marks)


def bodies(value, key):
    if isinstance(value, dict):
        inner = value.get(key)
        if isinstance(inner, dict) and isinstance(inner.get("value"), str):
            yield inner["value"]
        for member in value.values():
            yield from bodies(member, key)
    elif isinstance(value, list):
        for member in value:
            yield from bodies(member, key)


def wiki(root: Path):
    for index, case in enumerate(json.loads(read(root / "jira2markdown.cases.json"))):
        name = f"{index} {case['name']}"
        # Names that the test program gave beside the text.
        people = {"100:internal-id": "elliot", "uuid": "elliot"} if case.get("options") else {}
        expected = case["expected_markdown"]
        yield Case("wiki/jira2markdown", name, "wiki", case["wiki"], expected, True, {"people": people})
    yield Case("wiki/j2m", "sample", "wiki", read(root / "j2m.sample.jira.txt"), read(root / "j2m.sample.expected.md"))
    for index, case in enumerate(json.loads(read(root / "atlassian-jira-render-cases.json"))):
        yield Case("wiki/jira-render", f"{index} {case['name']}", "wiki", case["wiki"])
    for index, case in enumerate(json.loads(read(root / "atlassian-parser-snapshots.json"))):
        yield Case("wiki/parser", f"{index} {case['name']}", "wiki", case["wiki"])
    for index, case in enumerate(json.loads(read(root / "atlassian-adf-to-wiki-snapshots.json"))):
        yield Case("wiki/encoder", f"{index} {case['name']}", "wiki", case["wiki"])
        yield Case("adf/encoder", f"{index} {case['name']}", "adf", dumps(case["adf"]))


def jira(root: Path):
    for path in sorted((root / "recorded").glob("*.json")):
        for index, value in enumerate(texts(json.loads(read(path)))):
            format = "wiki" if isinstance(value, str) else "adf"
            yield Case(f"{format}/jira-recorded", f"{path.name}-{index}", format, value if format == "wiki" else dumps(value))


def texts(value):
    """Descriptions and comments: strings are wiki markup, objects ADF."""
    if isinstance(value, dict):
        for key, member in value.items():
            is_text = key in ("description", "body", "environment")
            if is_text and (isinstance(member, str) and member or isinstance(member, dict) and member.get("type") == "doc"):
                yield member
            else:
                yield from texts(member)
    elif isinstance(value, list):
        for member in value:
            yield from texts(member)
