"""Prints all chunks of the sample company as a JSON array: converted and cut by the programs, each below its title.

    OHRA_BIN_DIR=… python -m dev.compare.corpus_chunks > chunks.json

Run it with .venv (the corpus is YAML). Golden files and the measurements of the encoder are about these texts.
"""

import json
import os
import subprocess
from datetime import UTC, datetime
from pathlib import Path

from dev.atlassian.corpus import Corpus

BIN = Path(os.environ["OHRA_BIN_DIR"])


def run(program: str, *arguments: str, text: str) -> str:
    result = subprocess.run([BIN / program, *arguments], input=text, capture_output=True, text=True, timeout=60)
    if result.returncode != 0:
        raise SystemExit(f"{program} {arguments}: {result.stderr}")
    return result.stdout


def markdown(form: str, bodies: list) -> str:
    texts = [body if isinstance(body, str) else json.dumps(body) for body in bodies if body]
    return "\n\n".join(run("extractor", "convert", "--from", form, text=text).strip() for text in texts)


def main() -> None:
    corpus = Corpus.load(datetime(2026, 1, 1, tzinfo=UTC))
    documents = [(p.title, "storage", [p.storage, *(c.body for c in p.comments)]) for p in corpus.pages]
    documents += [(f"{i.key}: {i.summary}", "adf", [i.description, *(c.body for c in i.comments)]) for i in corpus.issues]
    texts = []
    for title, form, bodies in documents:
        chunks = run("transformer", "chunk", "--json", "--title", title, text=markdown(form, bodies))
        texts += [f"{title}\n\n{chunk['content']}" for chunk in json.loads(chunks)]
    print(json.dumps(texts, ensure_ascii=False, indent=0))


if __name__ == "__main__":
    main()
