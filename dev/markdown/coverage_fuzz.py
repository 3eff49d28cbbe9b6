"""Fuzzes the converters guided by coverage, with libFuzzer of the Swift toolchain.

    python -m dev.markdown.coverage_fuzz [--seconds 600] [FORMAT...]

Compiles the converters with `-sanitize=fuzzer` into a folder under .work, apart from the package's own build, with the shared
fixtures as the first corpus; each format runs for the time given. What crashes, takes longer than 10 s or more than
3 GB is kept beside the program.
"""

import argparse
import hashlib
import os
import subprocess
import sys
from pathlib import Path

from . import cases, lab

FORMATS = ("storage", "adf", "wiki", "html")
SOURCES = lab.ROOT / "Sources"
FLAGS = [
    "-O", "-wmo", "-parse-as-library", "-swift-version", "6", "-package-name", "ohra", "-sanitize=fuzzer",
    "-enable-upcoming-feature", "ExistentialAny", "-enable-upcoming-feature", "MemberImportVisibility",
    "-enable-upcoming-feature", "InternalImportsByDefault",
]


def build(folder: Path) -> Path:
    header = SOURCES / "CSimdJSON/include/CSimdJSON.h"
    (folder / "CSimdJSON").mkdir(parents=True, exist_ok=True)
    (folder / "CSimdJSON/module.modulemap").write_text(f'module CSimdJSON {{ header "{header}" export * }}\n')
    flags = [*FLAGS, "-I", str(folder), "-I", str(folder / "CSimdJSON")]

    def run(*command):
        subprocess.run([str(part) for part in command], cwd=folder, check=True)

    run("g++", "-O2", "-std=c++17", "-c", SOURCES / "CSimdJSON/CSimdJSON.cpp", "-I", header.parent, "-o", "simd.o")
    module = ["-emit-module", "-emit-object", "-module-name"]
    run("swiftc", *flags, *module, "Shared", *sorted((SOURCES / "Shared/JSON").glob("*.swift")), "-o", "Shared.o")
    files = [*sorted((SOURCES / "Platforms/Markdown").glob("*.swift")), SOURCES / "Platforms/Source/Moment.swift"]
    run("swiftc", *flags, *module, "Platforms", *files, "-o", "Platforms.o")
    target = lab.ROOT / "Tests/MarkdownFuzz/CoverageTarget.swift"
    objects = ["Shared.o", "Platforms.o", "simd.o", "-lsimdjson", "-lstdc++"]
    run("swiftc", *flags, "-emit-executable", target, *objects, "-o", "fuzz")
    return folder / "fuzz"


def fuzz(program: Path, format: str, seconds: int) -> int:
    folder = program.parent / format
    corpus = folder / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    root = cases.folder()
    if root is None:
        print("no shared fixtures: starting from an empty corpus", file=sys.stderr)
    for case in cases.load(root) if root else []:
        if case.format == format:
            (corpus / hashlib.sha1(case.body.encode()).hexdigest()).write_bytes(case.body.encode())
    limits = [f"-max_total_time={seconds}", "-timeout=10", "-rss_limit_mb=3000", "-max_len=16384"]
    command = [program, corpus, *limits, f"-artifact_prefix={folder}/", "-print_final_stats=1"]
    with (folder / "log").open("wb") as log:
        status = subprocess.run(command, env=os.environ | {"OHRA_FUZZ_FORMAT": format}, stderr=log).returncode
    lines = (folder / "log").read_text(errors="replace").splitlines()
    print(f"{format}: exit {status};", "; ".join(line for line in lines if line.startswith("stat::")) or lines[-1:], flush=True)
    return status


def main() -> int:
    parser = argparse.ArgumentParser(description="Fuzz the converters guided by coverage.")
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument("formats", nargs="*", default=FORMATS, metavar="FORMAT")
    options = parser.parse_args()
    program = build(lab.ROOT / os.environ.get("OHRA_WORK", ".work") / "markdown-fuzz")
    return int(any([fuzz(program, format, options.seconds) for format in options.formats]))


if __name__ == "__main__":
    sys.exit(main())
