"""An extractor with one more source: the file and the line that docs/ADD-A-SOURCE.md shows, and nothing else.

    python -m dev.extra_source --into DIR [--configuration release]

Compiles the two modules that see the change (Platforms, Extractor) with the very flags of the last `swift build` and links
them with everything else as it is. Sources and build folder stay untouched.
"""

import argparse
import json
import re
import shutil
import subprocess
from pathlib import Path

from markdown_it import MarkdownIt

ROOT = Path(__file__).parent.parent
GUIDE = ROOT / "docs/ADD-A-SOURCE.md"
SOURCES = ROOT / "Sources/Platforms"


def blocks(guide: Path) -> dict[str, tuple[Path, str]]:
    """The code blocks of the guide that name a file, by language."""
    found = {}
    for token in MarkdownIt().parse(guide.read_text()):
        if token.type == "fence" and len(words := token.info.split()) == 2:
            if words[0] in found:
                raise SystemExit(f"{guide.name}: a second block of {words[0]} names a file; one file and one line it is")
            found[words[0]] = (ROOT / words[1], token.content)
    if set(found) != {"swift", "diff"}:
        raise SystemExit(f"{guide.name}: expected a file in Swift and a diff, found {sorted(found)}")
    return found


def patched(file: Path, diff: str) -> str:
    """The file with the one line of the diff added after its context."""
    added = [line for line in diff.splitlines() if line.startswith("+")]
    if len(added) != 1 or any(line.startswith("-") for line in diff.splitlines()):
        raise SystemExit(f"{file.name}: the diff must add one line and take none away")
    before = "".join(line[1:] + "\n" for line in diff.splitlines() if line.startswith(" "))
    after = "".join(line[1:] + "\n" for line in diff.splitlines())
    text = file.read_text()
    if text.count(before) != 1:
        raise SystemExit(f"{file.name}: the context of the diff is not there, or twice")
    return text.replace(before, after)


class Build:
    """What SwiftPM wrote down for llbuild: every command with its arguments."""

    def __init__(self, configuration: str):
        self.folder = (ROOT / ".build" / configuration).resolve()
        self.configuration = configuration
        self.manifest = (ROOT / f".build/{configuration}.yaml").read_text()

    def arguments(self, target: str, kind: str) -> list[str]:
        # The last one: tools for the host may come first.
        found = re.findall(
            rf'^  "C\.{target}-[^"]*{self.configuration}\.{kind}":\n(?:    .*\n)*?    args: (\[.*\])$', self.manifest, re.M)
        if not found:
            raise SystemExit(f"{target}: no {kind} in .build/{self.configuration}.yaml; run swift build first")
        return json.loads(found[-1])

    def sources(self, target: str) -> list[Path]:
        return [Path(line.strip("'\"")) for line in (self.folder / f"{target}.build/sources").read_text().splitlines()]


def compile_module(build: Build, target: str, sources: list[Path], into: Path, searched: list[Path]) -> list[Path]:
    """The module's objects; a module of the same name in `searched` goes before the one in the build folder."""
    objects = {str(source): into / target / f"{source.name}.o" for source in sources}
    (into / target).mkdir()
    output = into / target / "output-file-map.json"
    output.write_text(json.dumps({source: {"object": str(path)} for source, path in objects.items()} | {"": {}}))
    replaced = {"-output-file-map": output, "-emit-module-path": into / f"{target}.swiftmodule"}
    command = []
    given = iter(build.arguments(target, "module"))
    for argument in given:
        if argument in replaced:
            next(given)
            command += [argument, str(replaced[argument])]
        elif argument in ("-index-store-path", "-emit-objc-header-path"):
            next(given)
        elif argument in ("-incremental", "-emit-dependencies", "-parseable-output", "-emit-objc-header",
                          "-serialize-diagnostics"):
            continue
        elif argument.startswith("@"):
            command += objects
        else:
            command.append(argument)
    # The first folder that has a module wins.
    run(command[:1] + [part for folder in searched for part in ("-I", str(folder))] + command[1:])
    return list(objects.values())


def link(build: Build, objects: dict[str, list[Path]], into: Path) -> Path:
    arguments = build.arguments("extractor", "exe")
    listed = next(argument for argument in arguments if argument.startswith("@"))
    kept = [line for line in Path(listed[1:]).read_text().splitlines()
            if not any(f"/{target}.build/" in line for target in objects)]
    names = into / "objects"
    names.write_text("".join(f"{path}\n" for path in kept + [path for paths in objects.values() for path in paths]))
    output = into / "extractor"
    command = [f"@{names}" if argument == listed else argument for argument in arguments]
    command[command.index("-o") + 1] = str(output)
    run(command)
    return output


def run(command: list[str]) -> None:
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=ROOT)
    if done.returncode:
        raise SystemExit(f"{command[0]} ended with {done.returncode}:\n{done.stdout[-4000:]}")


def main() -> None:
    parser = argparse.ArgumentParser(prog="dev.extra_source", description=__doc__)
    parser.add_argument("--into", type=Path, required=True, help="a folder for the extractor and what belongs to it")
    parser.add_argument("--configuration", default="debug", choices=["debug", "release"])
    options = parser.parse_args()
    into = options.into.resolve()
    shutil.rmtree(into, ignore_errors=True)
    into.mkdir(parents=True)
    guide = blocks(GUIDE)
    file, text = guide["swift"]
    registry, diff = guide["diff"]
    if file.exists() or SOURCES not in file.parents or SOURCES not in registry.parents:
        raise SystemExit(f"{GUIDE.name}: expected a new file and a known one below {SOURCES}")
    added, changed = into / file.name, into / registry.name
    added.write_text(text)
    changed.write_text(patched(registry, diff))
    build = Build(options.configuration)
    platforms = [changed if path.samefile(registry) else path for path in build.sources("Platforms")] + [added]
    objects = {"Platforms": compile_module(build, "Platforms", platforms, into, [])}
    objects["Extractor"] = compile_module(build, "Extractor", build.sources("Extractor"), into, [into])
    print(link(build, objects, into))


main()
