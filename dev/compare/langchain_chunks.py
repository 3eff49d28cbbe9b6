"""Cuts texts with LangChain's RecursiveCharacterTextSplitter, the reference of our `recursive` strategy.

    langchain_chunks.py < cases.json      [{"size", "overlap", "text"}…] -> the same with "chunks": [text…]
    langchain_chunks.py --golden FILE     writes the small golden file the unit tests read
    langchain_chunks.py --blanks          the scalars that str.strip() removes, as JSON numbers
    langchain_chunks.py --speed FILE      MB/s on a UTF-8 file with 1500/300, best of three

The golden file is deterministic: the same LangChain gives the same bytes.
"""

import json
import random
import sys
import time
from functools import cache
from pathlib import Path

from langchain_text_splitters import RecursiveCharacterTextSplitter


@cache
def splitter(size: int, overlap: int) -> RecursiveCharacterTextSplitter:
    return RecursiveCharacterTextSplitter(chunk_size=size, chunk_overlap=overlap)


def with_chunks(case: dict) -> dict:
    return {**case, "chunks": splitter(case["size"], case["overlap"]).split_text(case["text"])}


PIECES = ["\n\n", "\n", " ", "\n\n\n", "  ", "\r\n", "\t", "\u00a0", "\u2028", "\u3000", "\u001c", "\u0085", "\u200b"]
WORDS = ["배포", "롤백은", "재시작합니다", "가나다라마바사아자차카타파하", "deploy", "a", "queue", "incident-4711"]
WORDS += ["🚀", "👩‍👩‍👧", "e\u0301", "각", "漢字", "x" * 45, "ﬁ", "𝔘"]

HANDWRITTEN = [
    "",
    " ",
    "\n\n\n\n",
    "\u001c\u2028\u3000\u00a0",
    "word",
    "\n\nlead",
    "trail\n\n",
    "a\n\nb\n\n\nc\n\n\n\nd",
    "no-separator-at-all-" * 12,
    "한글만으로이루어진긴문장" * 15,
    "one two three four five six seven eight nine ten\n" * 6,
    "# 장애 대응\n\n큐가 쌓이면 컨슈머를 늘립니다.\n소비자 수는 `ohra status` 로 봅니다.\n\n```\nrabbitmqctl list_queues\n```\n\n"
    "| 단계 | 담당 |\n| --- | --- |\n| 추출 | extractor |\n| 적재 | loader |\n",
    "Title\n\n" + "A paragraph that is longer than the small sizes, so it is cut at its spaces. " * 4 + "\n\nshort\n\nend",
]
SIZES = [(1500, 300), (100, 20), (37, 9), (10, 0), (5, 4), (1, 0)]


def random_text(source: random.Random) -> str:
    return "".join(
        source.choice(PIECES) if source.random() < 0.45 else source.choice(WORDS) for _ in range(source.randint(1, 40))
    )


def long_texts(source: random.Random) -> list[str]:
    """Texts of several chunks of hundreds of scalars, in which every word, or every line, is a part by itself."""
    words = [source.choice(WORDS[:9]) for _ in range(260)]
    lines = [" ".join(source.choice(WORDS[:9]) for _ in range(source.randint(1, 9))) for _ in range(60)]
    return [" ".join(words), "\n".join(lines), "".join(words), "\n\n".join(lines), " " + " \n".join(words) + "y" * 450]


def golden() -> list[dict]:
    source = random.Random(20261123)
    texts = HANDWRITTEN + [random_text(source) for _ in range(24)]
    cases = []
    for number, text in enumerate(texts):
        # Every handwritten text with every size except where overlap 4 of 5 would only make the file long.
        sizes = SIZES if number < len(HANDWRITTEN) else [SIZES[1 + number % 5]]
        cases += [(size, overlap, text) for size, overlap in sizes if size != 5 or len(text) < 120]
    for text in long_texts(random.Random(1500300)):
        cases += [(400, 80, text), (397, 0, text)]
    return [with_chunks({"size": size, "overlap": overlap, "text": text}) for size, overlap, text in cases]


def speed(path: str) -> float:
    text = Path(path).read_bytes().decode("utf-8")
    best = min(timed(text) for _ in range(3))
    return Path(path).stat().st_size / best / 1e6


def timed(text: str) -> float:
    start = time.process_time()
    splitter(1500, 300).split_text(text)
    return time.process_time() - start


def main(arguments: list[str]) -> None:
    if arguments[:1] == ["--golden"]:
        lines = [json.dumps(case, ensure_ascii=False, separators=(",", ":")) for case in golden()]
        Path(arguments[1]).write_text("[\n" + ",\n".join(lines) + "\n]\n", encoding="utf-8")
    elif arguments[:1] == ["--blanks"]:
        print([code for code in range(0x110000) if not 0xD800 <= code < 0xE000 and not chr(code).strip()])
    elif arguments[:1] == ["--speed"]:
        print(f"{speed(arguments[1]):.1f} MB/s")
    else:
        json.dump([with_chunks(case) for case in json.load(sys.stdin)], sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1:])
