"""Measures `ohra search` on the labelled questions. Called by dev/search_quality, with the servers up.

Each provider gets a fleet of its own with the whole sample company. Hits are chunks; the documents are ranked by their first
chunk. nDCG@10 counts a document that answers the question as 1 and any other as 0; recall@3 is the share of a question's
documents among the first three.
"""

import argparse
import json
import math
import os
import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import yaml

MODES = ("meaning", "words", "both")
# How far both may stay behind the better of the two, in points of nDCG@10.
TOLERANCE = 2.0


@dataclass(frozen=True)
class Question:
    part: str
    language: str
    text: str
    documents: frozenset[str]


def questions(part: str) -> list[Question]:
    """The labelled questions of one set, or of both."""
    ids = {issue["key"]: str(issue["id"]) for file in Path("dev/atlassian/corpus/issues").glob("*.yaml")
           for issue in yaml.safe_load(file.read_text())}
    labelled = yaml.safe_load(Path("dev/search/questions.yaml").read_text())
    return [Question(name, language, entry["ask"], frozenset(ids.get(wanted, str(wanted)) for wanted in entry["find"]))
            for language in ("ko", "en") for name, languages in labelled.items() if part in (name, "all")
            for entry in languages[language]]


class Fleet:
    """The programs of one embedding provider, with queues and a collection of their own."""

    def __init__(self, binaries: Path, provider: str):
        self.binaries = binaries
        self.environment = os.environ | {
            "OHRA_EMBEDDING_PROVIDER": provider, "OHRA_AMQP_PREFIX": f"search-{provider}",
            "OHRA_QDRANT_COLLECTION": f"search-{provider}", "OHRA_LOG_LEVEL": "warning"}

    def run(self, program: str, *arguments: str) -> str:
        ended = subprocess.run([self.binaries / program, *arguments], env=self.environment, capture_output=True, text=True)
        if ended.returncode != 0:
            raise SystemExit(f"{program} {' '.join(arguments)} ended with {ended.returncode}:\n{ended.stderr}")
        return ended.stdout

    def load(self) -> None:
        self.run("extractor", "all", "--since", "2020-01-01T00:00:00Z")
        self.run("transformer", "--drain", "--idle", "2")
        self.run("loader", "--drain", "--idle", "2")

    def documents(self, question: str, mode: str) -> list[str]:
        """Numeric ids of the documents found, best first."""
        answer = json.loads(self.run("ohra", "search", question, "--by", mode, "--limit", "50", "--json"))
        return list(dict.fromkeys(hit["document_id"].rsplit(":", 1)[1] for hit in answer["hits"]))


def ndcg(found: list[str], wanted: frozenset[str]) -> float:
    gain = sum(1 / math.log2(rank + 2) for rank, document in enumerate(found[:10]) if document in wanted)
    return gain / sum(1 / math.log2(rank + 2) for rank in range(min(10, len(wanted))))


def recall(found: list[str], wanted: frozenset[str]) -> float:
    return len(wanted.intersection(found[:3])) / len(wanted)


def mean(numbers: list[float]) -> float:
    return sum(numbers) / len(numbers)


def measure(fleet: Fleet, asked: list[Question], provider: str, show: bool) -> list[str]:
    """Prints the table of one provider and returns what is below the mark."""
    with ThreadPoolExecutor(2) as pool:
        found = {mode: list(pool.map(lambda question: fleet.documents(question.text, mode), asked)) for mode in MODES}
    failures = []
    for language in dict.fromkeys(question.language for question in asked):
        spoken = [place for place, question in enumerate(asked) if question.language == language]
        groups = {part: [place for place in spoken if asked[place].part == part]
                  for part in dict.fromkeys(asked[place].part for place in spoken)}
        for name, places in (groups | {"all": spoken}).items():
            gains = {}
            for mode in MODES:
                gains[mode] = mean([ndcg(found[mode][place], asked[place].documents) for place in places])
                share = mean([recall(found[mode][place], asked[place].documents) for place in places])
                print(f"{provider:9} {language:9} {name:7} {len(places):9}  {mode:8} {gains[mode]:8.3f} {share:9.3f}", flush=True)
        # The last group is all of the language's questions.
        behind = (max(gains["meaning"], gains["words"]) - gains["both"]) * 100
        if behind > TOLERANCE:
            failures.append(f"{provider}, {language}: both is {behind:.1f} points behind the better of the two")
    if show:
        for place, question in enumerate(asked):
            if recall(found["both"][place], question.documents) < 1:
                print(f"  not in the first three: {question.text}  {sorted(question.documents)} {found['both'][place][:3]}")
    return failures


def main() -> None:
    parser = argparse.ArgumentParser(prog="dev/search_quality", description=__doc__.split("\n")[0])
    parser.add_argument("--bin", type=Path, required=True, help="folder of the programs")
    parser.add_argument("--providers", default="hash,local", help="embedding providers (default %(default)s)")
    parser.add_argument("--set", choices=("chosen", "check", "all"), default="all", help="which questions (default all)")
    parser.add_argument("--show", action="store_true", help="name the questions whose documents are not all in the first three")
    arguments = parser.parse_args()
    asked = questions(arguments.set)
    print("provider  language  set     questions  by        nDCG@10  recall@3")
    failures = []
    for provider in arguments.providers.split(","):
        fleet = Fleet(arguments.bin, provider)
        fleet.load()
        failures += measure(fleet, asked, provider, arguments.show)
    for failure in failures:
        print(failure)
    raise SystemExit(1 if failures else 0)


if __name__ == "__main__":
    main()
