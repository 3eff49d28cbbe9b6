"""Points per second of the loader beside the official Python client. Called by dev/loading, with the servers up.

A folder of generated texts goes through extractor and transformer (hashed vectors of 384 numbers) into the queue; then the
clock runs while one loader empties it. One text before that has the loader make the collection, which takes a second. The client then writes the very same points, read back from the collection, into a
collection of the same settings, 64 at a time and waiting for each, from one thread. The two take turns.
"""

import argparse
import json
import os
import random
import statistics
import subprocess
import time
from datetime import datetime
from pathlib import Path

from qdrant_client import QdrantClient
from qdrant_client.http import models

IDLE = 2
BATCH = 64
INDEXES = {"document_id": "keyword", "source_type": "keyword", "version_key": "keyword", "hash": "keyword",
           "updated_at": "datetime"}


def write_texts(folder: Path, documents: int, chunks: int) -> None:
    """Texts of about `chunks` chunks at the default size; the same ones in every run."""
    chance = random.Random(1)
    words = ["dock", "cold", "chain", "냉동", "배송", "route", "sensor", "alarm", "차량", "handover", "trailer", "온도"]
    folder.mkdir(parents=True)
    for number in range(documents):
        text = f"# Text {number}\n\n"
        while len(text) < chunks * 1150:
            text += " ".join(chance.choices(words, k=14)) + ". "
        (folder / f"{number}.md").write_text(text)


def run(program: Path, *arguments: str, environment: dict, log: Path) -> list[dict]:
    """Runs one of the programs to its end; its log lines."""
    with log.open("wb") as output:
        status = subprocess.run([program, *arguments], stdout=subprocess.DEVNULL, stderr=output, env=environment)
    if status.returncode != 0:
        raise SystemExit(f"loading: {program.name} ended with {status.returncode}: see {log}")
    return [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]


def at(lines: list[dict], message: str) -> tuple[float, dict]:
    line = next(line for line in lines if line["message"] == message)
    return datetime.fromisoformat(line["time"]).timestamp(), line


def loader_round(number: int, options: argparse.Namespace, client: QdrantClient) -> dict:
    name = f"bench{number}"
    environment = os.environ | {
        "OHRA_AMQP_PREFIX": name, "OHRA_QDRANT_COLLECTION": name, "OHRA_LOG_FORMAT": "json",
        "OHRA_FILES_INSTANCE": "bench",
        "OHRA_EMBEDDING_PROVIDER": "hash", "OHRA_EMBEDDING_DIMENSION": "384",
    }
    extra = ["--concurrency", str(options.concurrency)] if options.concurrency else []

    def load(texts: str) -> list[dict]:
        def step(program: str, *arguments: str) -> list[dict]:
            return run(options.bin / program, *arguments, log=options.work / f"{program}-{number}.log",
                       environment=environment | {"OHRA_FILES_PATH": str(options.work / texts)})
        step("extractor", "files", "--since", "2000-01-01")
        step("transformer", "--drain", "--idle", "1")
        return step("loader", "--drain", "--idle", str(IDLE), *extra)

    load("first")
    before = client.count(name).count
    lines = load("texts")
    began, _ = at(lines, "Consuming")
    ended, stopped = at(lines, "Stopped")
    points = client.count(name).count - before
    return {"points": points, "rate": points / (ended - IDLE - began), "memory": int(stopped["memory.peak_mb"]),
            "messages": int(stopped["deliveries"])}


def client_round(number: int, client: QdrantClient) -> float:
    source, target = f"bench{number}", f"bench{number}-client"
    points, offset = [], None
    while True:
        page, offset = client.scroll(source, limit=256, offset=offset, with_payload=True, with_vectors=True)
        points += [models.PointStruct(id=it.id, vector=it.vector, payload=it.payload) for it in page]
        if offset is None:
            break
    params = client.get_collection(source).config.params
    client.create_collection(target, vectors_config=params.vectors, sparse_vectors_config=params.sparse_vectors)
    for field, kind in INDEXES.items():
        client.create_payload_index(target, field, kind)
    began = time.monotonic()
    for start in range(0, len(points), BATCH):
        client.upsert(target, points[start:start + BATCH], wait=True)
    seconds = time.monotonic() - began
    if client.count(target).count != len(points):
        raise SystemExit("loading: the client lost points")
    client.delete_collection(target)
    return len(points) / seconds


def main() -> None:
    parser = argparse.ArgumentParser(prog="dev/loading", description=__doc__)
    parser.add_argument("--documents", type=int, default=2000)
    parser.add_argument("--chunks", type=int, default=5, help="of each document")
    parser.add_argument("--rounds", type=int, default=3, help="the median counts")
    parser.add_argument("--concurrency", type=int, help="of the loader")
    parser.add_argument("--json", action="store_true", help="print one JSON value")
    parser.add_argument("--work", type=Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--bin", type=Path, required=True, help=argparse.SUPPRESS)
    options = parser.parse_args()
    write_texts(options.work / "first", 1, 1)
    write_texts(options.work / "texts", options.documents, options.chunks)
    client = QdrantClient(url=os.environ["OHRA_QDRANT_URL"], timeout=60)
    loads, rivals = [], []
    for number in range(options.rounds):
        loads.append(loader_round(number, options, client))
        rivals.append(client_round(number, client))
        for name in (f"bench{number}_v1", f"bench{number}_v1_registry"):
            client.delete_collection(name)
    loader, rival = statistics.median(load["rate"] for load in loads), statistics.median(rivals)
    report = {
        "points": loads[0]["points"], "messages": loads[0]["messages"], "loader": round(loader), "client": round(rival),
        "factor": round(loader / rival, 2), "memory_mb": max(load["memory"] for load in loads),
        "loader_rounds": [round(load["rate"]) for load in loads], "client_rounds": [round(rate) for rate in rivals],
    }
    if options.json:
        print(json.dumps(report))
    else:
        print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; {report['points']} points in "
              f"{report['messages']} messages, median of {options.rounds}")
        print(f"loader  {report['loader']:>6} points/s  {report['loader_rounds']}  peak {report['memory_mb']} MB")
        print(f"client  {report['client']:>6} points/s  {report['client_rounds']}  batches of {BATCH}")
        print(f"factor  {report['factor']}")


main()
