"""How documents per second grow with the number of transformers. Called by dev/scaling, with the servers up.

The queue is filled by the extractor; the transformers start and fetch while the embedding server holds their requests;
the clock runs from the moment it lets go to the last settled delivery, as the transformers' logs have it.
"""

import argparse
import json
import os
import socket
import statistics
import subprocess
import time
import urllib.request
from datetime import datetime, timezone
from pathlib import Path

PATIENCE = 120


def call(url: str, body: dict | None = None) -> dict:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)


def until(what: str, condition):
    """Asks again and again: these processes offer nothing to wait on."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if value := condition():
            return value
        time.sleep(0.05)
    raise SystemExit(f"scaling: {what} did not happen within {PATIENCE} s")


class EmbeddingServer:
    def __init__(self, latency_ms: float):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        script = Path(__file__).with_name("embedding_server.py")
        self.process = subprocess.Popen(
            [".venv/bin/python", script, "--port", str(port), "--latency-ms", str(latency_ms)])
        until("the start of the embedding server", self.is_ready)

    def is_ready(self) -> bool:
        if self.process.poll() is not None:
            raise SystemExit("scaling: the embedding server ended")
        try:
            return "requests" in self.control("ready")
        except OSError:
            return False

    def control(self, action: str) -> dict:
        return call(f"{self.url}/_control/{action}", {})


class Transformer:
    def __init__(self, program: Path, log: Path, options: list[str]):
        self.log = log
        environment = os.environ | {"OHRA_LOG_FORMAT": "json", "OHRA_LOG_LEVEL": "debug"}
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                [program, "--drain", "--idle", "2", *options], stderr=output, env=environment)

    def lines(self) -> list[dict]:
        text = self.log.read_text()
        return [json.loads(line) for line in text[: text.rfind("\n") + 1].splitlines() if line.startswith("{")]

    def is_working(self) -> bool:
        if self.process.poll() is not None:
            raise SystemExit(f"scaling: a transformer ended with {self.process.returncode}: see {self.log}")
        return any(line["message"] == "Working" for line in self.lines())

    def settled(self) -> list[datetime]:
        lines = [line for line in self.lines() if line["message"] == "Delivery settled"]
        if strange := [line for line in lines if line["outcome"] != "done"]:
            raise SystemExit(f"scaling: not every delivery was done: {strange[0]}")
        return [datetime.fromisoformat(line["time"]) for line in lines]


def measure(count: int, options: argparse.Namespace, server: EmbeddingServer, bin: Path, work: Path) -> dict:
    run = subprocess.run(
        [bin / "extractor", "all", "--since", "2000-01-01", "--json"],
        stdout=subprocess.PIPE, stderr=(work / "extractor.log").open("wb"))
    report = json.loads(run.stdout or b"{}")
    if not report.get("complete"):
        raise SystemExit(f"scaling: the extractor's run is incomplete; see {work}/extractor.log")
    documents = sum(source["published"] for source in report["sources"])
    server.control("hold")
    extra = ["--concurrency", str(options.concurrency)]
    extra += ["--prefetch", str(options.prefetch)] if options.prefetch else []
    transformers = [Transformer(bin / "transformer", work / f"transformer-{n + 1}.log", extra) for n in range(count)]
    until("the start of the transformers", lambda: all(worker.is_working() for worker in transformers))
    time.sleep(1)  # for their first deliveries to arrive; nothing is measured yet
    before = server.control("ready")
    began = datetime.now(timezone.utc)
    server.control("release")
    for worker in transformers:
        if worker.process.wait(PATIENCE * 5) != 0:
            raise SystemExit(f"scaling: a transformer failed: see {worker.log}")
    times = [worker.settled() for worker in transformers]
    after = server.control("ready")
    end = max(moment for moments in times for moment in moments)
    seconds = (end - began).total_seconds()
    return {
        "transformers": count, "documents": documents, "seconds": seconds, "rate": documents / seconds,
        "deliveries": [len(moments) for moments in times], "texts": after["texts"] - before["texts"],
        # Between the first worker that has nothing left to do and the last.
        "tail": (end - min(max(moments, default=began) for moments in times)).total_seconds(),
    }


def main() -> None:
    parser = argparse.ArgumentParser(prog="dev/scaling", description=__doc__)
    parser.add_argument("--transformers", default="1,2,4", help="numbers to try, separated by commas")
    parser.add_argument("--repeat", type=int, default=3, help="the median run counts")
    parser.add_argument("--times", type=int, default=20, help="copies of the sample company")
    parser.add_argument("--latency-ms", type=float, default=50, help="of the embedding server")
    parser.add_argument("--concurrency", type=int, default=2, help="of each transformer")
    parser.add_argument("--prefetch", type=int, help="of each transformer")
    parser.add_argument("--work", type=Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--bin", type=Path, required=True, help=argparse.SUPPRESS)
    options = parser.parse_args()
    call(os.environ["OHRA_DEV_ATLASSIAN_CONTROL"] + "/multiply", {"times": options.times})
    server = EmbeddingServer(options.latency_ms)
    try:
        os.environ |= {"OHRA_EMBEDDING_PROVIDER": "openai", "OHRA_EMBEDDING_URL": server.url,
                       "OHRA_EMBEDDING_MODEL": "stand-in"}
        print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; sample company × {options.times}, "
              f"{options.latency_ms:g} ms a request, median of {options.repeat}")
        print("transformers  documents   texts  seconds  documents/s  factor  tail s  shared")
        first = None
        for count in map(int, options.transformers.split(",")):
            runs = [measure(count, options, server, options.bin, options.work) for _ in range(options.repeat)]
            median = sorted(runs, key=lambda run: run["rate"])[len(runs) // 2]
            if count == 1:
                first = median["rate"]
            factor = f"{median['rate'] / first:.2f}" if first else "-"
            shared = "/".join(str(number) for number in median["deliveries"])
            print(f"{count:>12}  {median['documents']:>9}  {median['texts']:>6}  {median['seconds']:>7.2f}  "
                  f"{median['rate']:>11.0f}  {factor:>6}  "
                  f"{statistics.median(run['tail'] for run in runs):>6.2f}  {shared}"
                  f"   (all runs: {', '.join('%.0f' % run['rate'] for run in runs)})", flush=True)
    finally:
        server.process.terminate()
        server.process.wait()


main()
