"""What the project says about itself holds: links, settings, make targets, and where C libraries may be imported."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md")), *sorted((ROOT / "dev").glob("**/README.md"))]
SOURCES = sorted((ROOT / "Sources").rglob("*.swift"))
# Not for users: fail points are in debug builds only, dev/README.md tells of them.
NOT_FOR_USERS = {"OHRA_FAILPOINT"}
# A library, and the one folder that knows it.
HOMES = {
    "CRabbitMQ": "Shared/AMQP/LibRabbitMQ", "CCurl": "Shared/HTTP/LibCurl", "CSimdJSON": "Shared/JSON",
    "CZlib": "Shared/Messages/LibZ", "COneDNN": "Embedding/Local/Linear", "CKernels": "Embedding/Local/Encoder",
}


def without_code(text: str) -> str:
    return re.sub(r"`[^`\n]*`", "", re.sub(r"^```.*?^```", "", text, flags=re.S | re.M))


def anchors(page: Path) -> set[str]:
    titles = re.findall(r"^#+ +(.+)$", re.sub(r"^```.*?^```", "", page.read_text(), flags=re.S | re.M), flags=re.M)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def broken_links(page: Path) -> list[str]:
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)", without_code(page.read_text())):
        if "://" in target or target.startswith("mailto:"):
            continue
        path, _, anchor = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        if not file.exists() or (anchor and file.suffix == ".md" and anchor not in anchors(file)):
            broken.append(f"{page.name}: {target}")
    return broken


def test_links_between_pages_lead_somewhere() -> None:
    assert [link for page in PAGES for link in broken_links(page)] == []


def test_a_broken_link_is_found(tmp_path) -> None:
    (tmp_path / "other.md").write_text("# Some title\n")
    page = tmp_path / "page.md"
    page.write_text("[a](other.md#some-title) [b](other.md#none) [c](gone.md) [d](https://example.test/x) `[e](x.md)`")
    assert broken_links(page) == ["page.md: other.md#none", "page.md: gone.md"]


def test_every_page_can_be_found_from_the_readme() -> None:
    seen, queue = set(), [ROOT / "README.md"]
    while queue:
        page = queue.pop()
        if page in seen or not page.exists():
            continue
        seen.add(page)
        targets = re.findall(r"\]\(([^)#\s]+\.md)[^)]*\)", page.read_text())
        queue += [(page.parent / target).resolve() for target in targets if "://" not in target]
    assert [str(page.relative_to(ROOT)) for page in (ROOT / "docs").rglob("*.md") if page not in seen] == []


def test_every_setting_is_documented() -> None:
    names = {name for file in SOURCES for name in re.findall(r'"(OHRA_[A-Z0-9_]*[A-Z0-9])"', file.read_text())}
    text = "".join(page.read_text() for page in (ROOT / "docs").rglob("*.md"))
    assert len(names) > 40
    assert sorted(name for name in names - NOT_FOR_USERS if not re.search(rf"\b{name}\b", text)) == []


def test_each_c_library_has_one_home() -> None:
    imports = [(module, file.relative_to(ROOT / "Sources")) for file in SOURCES
               for module in re.findall(r"^(?:\w+ )?import (\w+)", file.read_text(), flags=re.M) if module in HOMES]
    assert {module for module, _ in imports} == set(HOMES)
    assert [str(file) for module, file in imports if HOMES[module] not in str(file)] == []


def test_make_help_lists_every_target() -> None:
    text = (ROOT / "Makefile").read_text()
    targets = {name for line in re.findall(r"^\.PHONY:(.*)$", text, flags=re.M) for name in line.split()}
    described = set(re.findall(r"^([\w-]+):[^\n]*## ", text, flags=re.M))
    assert targets == described
