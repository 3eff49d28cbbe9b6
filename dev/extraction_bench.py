"""Memory and speed of the extractor. Called by dev/extraction, with the servers up.

First every document of a site is new and published, for each page size; the work queue is emptied meanwhile, as nobody
consumes it. Then all are known and nothing is to be done.
"""

import argparse
import base64
import json
import os
import re
import statistics
import subprocess
import threading
import time
import urllib.error
import urllib.request
import uuid
from pathlib import Path

EPOCH = 1_700_000_000_000
PREFIX = "bench"


def call(url: str, method: str, body: dict | None = None, login: bool = False) -> dict:
    headers = {"Content-Type": "application/json"}
    if login:
        headers["Authorization"] = "Basic " + base64.b64encode(b"guest:guest").decode()
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(urllib.request.Request(url, data, headers, method=method), timeout=60) as answer:
        return json.loads(answer.read() or b"null")


class Board:
    """The made-up site, as a process of its own."""

    def __init__(self, topics: int, page_size: int, size: int):
        self.process = subprocess.Popen(
            [".venv/bin/python", "-m", "dev.forum", "--topics", str(topics), "--page-size", str(page_size),
             "--bytes", str(size)], stdout=subprocess.PIPE, text=True)
        self.url = f"http://127.0.0.1:{self.process.stdout.readline().strip()}"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()

    def requests(self) -> dict:
        return call(f"{self.url}/requests", "GET")


class Purge(threading.Thread):
    """Keeps the work queue short: nobody consumes it here."""

    def __init__(self):
        super().__init__(daemon=True)
        self.ended = threading.Event()

    def run(self) -> None:
        while not self.ended.wait(0.5):
            try:
                call(f"{os.environ['OHRA_AMQP_MANAGEMENT_URL']}/api/queues/%2F/{PREFIX}.documents/contents", "DELETE",
                     login=True)
            except urllib.error.HTTPError as error:
                if error.code != 404:  # not declared yet
                    raise


def extract(options: argparse.Namespace, board: Board) -> dict:
    environment = os.environ | {
        "OHRA_FORUM_URL": board.url, "OHRA_FORUM_TOKEN": "forum-token", "OHRA_AMQP_PREFIX": PREFIX,
        "OHRA_QDRANT_COLLECTION": PREFIX, "OHRA_LOG_LEVEL": "warning"}
    began = time.monotonic()
    process = subprocess.Popen(
        [options.extractor, "forum", "--since", "2000-01-01", "--json"], env=environment, stdout=subprocess.PIPE)
    sizes, peak = [], 0
    while process.poll() is None:
        try:
            status = Path(f"/proc/{process.pid}/status").read_text()
        except (FileNotFoundError, ProcessLookupError):
            break
        if found := re.search(r"VmRSS:\s+(\d+)", status):
            sizes.append(int(found[1]) / 1024)
            peak = max(peak, int(re.search(r"VmHWM:\s+(\d+)", status)[1]) / 1024)
        time.sleep(0.02)
    seconds = time.monotonic() - began
    report = json.loads(process.stdout.read())
    if process.wait() or not report["complete"]:
        raise SystemExit(f"extraction: the run failed with {process.returncode}: {report}")
    tenth = max(1, len(sizes) // 10)
    return report["sources"][0] | {
        "seconds": seconds, "peak": peak,
        # What it takes after a tenth of the time, and at the end.
        "early": statistics.median(sizes[tenth:2 * tenth]), "late": statistics.median(sizes[-tenth:])}


def publish_all(options: argparse.Namespace) -> None:
    print(f"every document is new: {options.documents} of {options.bytes} bytes")
    print(f"{'a page':>8} {'published':>10} {'seconds':>8} {'documents/s':>12}   memory in MB: early  late  peak")
    for page_size in map(int, options.page_sizes.split(",")):
        with Board(options.documents, page_size, options.bytes) as board:
            purge = Purge()
            purge.start()
            run = extract(options, board)
            purge.ended.set()
            purge.join()
        if run["published"] != options.documents:
            raise SystemExit(f"extraction: {run['published']} of {options.documents} were published")
        print(f"{page_size:>8} {run['published']:>10} {run['seconds']:>8.1f} {run['published'] / run['seconds']:>12.0f}"
              f"   {run['early']:>19.0f} {run['late']:>5.0f} {run['peak']:>5.0f}", flush=True)


def know_all(options: argparse.Namespace, instance: str) -> None:
    """Puts a marker of every document into the registry, as the loader would have."""
    qdrant = os.environ["OHRA_QDRANT_URL"]
    environment = os.environ | {"OHRA_AMQP_PREFIX": PREFIX, "OHRA_QDRANT_COLLECTION": PREFIX,
                                "OHRA_EMBEDDING_PROVIDER": "hash", "OHRA_LOG_LEVEL": "warning"}
    # It announces the pipeline that markers are compared with.
    subprocess.run([options.transformer, "--drain", "--idle", "0.1"], env=environment, check=True)
    registry = f"{qdrant}/collections/{PREFIX}_registry"
    found = call(f"{registry}/points/scroll", "POST",
                 {"filter": {"must": [{"key": "kind", "match": {"value": "pipeline"}}]}, "with_payload": True})
    fingerprint = found["result"]["points"][0]["payload"]["fingerprint"]
    for start in range(0, options.known, 1000):
        points = [{"id": str(uuid.uuid5(uuid.NAMESPACE_URL, f"{number}")), "vector": {}, "payload": {
            "kind": "marker", "document_id": f"forum:{instance}:{number}", "source_type": "forum",
            "version_key": f"{EPOCH + number}", "fingerprint": fingerprint, "revision": EPOCH + number, "epoch": 1,
            "chunk_count": 1, "state": "loaded", "title": f"Topic {number}", "url": "", "scope": "3"}}
            for number in range(start, min(start + 1000, options.known))]
        call(f"{registry}/points?wait=true", "PUT", {"points": points})


def know_and_skip(options: argparse.Namespace) -> None:
    print(f"\nevery document is known: {options.known} of {options.known_bytes} bytes, 100 a page")
    with Board(options.known, 100, options.known_bytes) as board:
        know_all(options, board.url.removeprefix("http://").replace(":", "_"))
        # Only the stand-in counts what it is asked; a real server has metrics of its own.
        counter = f"{os.environ['OHRA_QDRANT_URL']}/_control/requests"
        call(counter, "DELETE")
        run = extract(options, board)
        asked, looked_up = board.requests(), call(counter, "GET")
    if run["skipped"] != options.known or run["published"]:
        raise SystemExit(f"extraction: not every document was known: {run}")
    print(f"  {run['seconds']:.1f} s, {run['skipped'] / run['seconds']:.0f} documents/s, "
          f"{sum(asked.values())} requests to the site, {sum(looked_up.values())} to Qdrant, {run['peak']:.0f} MB at most")


def main() -> None:
    parser = argparse.ArgumentParser(prog="dev/extraction", description=__doc__)
    parser.add_argument("--documents", type=int, default=50_000)
    parser.add_argument("--page-sizes", default="1,50,1000", help="documents a page, separated by commas")
    parser.add_argument("--bytes", type=int, default=4000, help="text of a new document")
    parser.add_argument("--known", type=int, default=100_000, help="documents of the quiet run; 0 leaves it out")
    parser.add_argument("--known-bytes", type=int, default=1000)
    parser.add_argument("--extractor", type=Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--transformer", type=Path, required=True, help=argparse.SUPPRESS)
    options = parser.parse_args()
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    if options.documents:
        publish_all(options)
    if options.known:
        know_and_skip(options)


main()
