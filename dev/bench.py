"""The project's AMQP client beside a plain C loop on the same library. Called by dev/bench, with the broker up.

Publishing waits for confirms in a window, consuming acknowledges every message; the queue is a quorum queue. Both programs
take turns, so that a machine whose speed drifts is unfair to neither; medians and ratios are what counts.
"""

import argparse
import base64
import json
import os
import statistics
import subprocess
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit

QUEUE = "bench"


def manage(method: str, path: str, body: dict | None = None) -> None:
    request = urllib.request.Request(
        f"{os.environ['OHRA_AMQP_MANAGEMENT_URL']}/api/{path}", method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Content-Type": "application/json",
                 "Authorization": "Basic " + base64.b64encode(b"guest:guest").decode()})
    try:
        with urllib.request.urlopen(request, timeout=60):
            pass
    except urllib.error.HTTPError as error:
        if method != "DELETE" or error.code != 404:
            raise SystemExit(f"bench: {method} {path}: {error.code} {error.read().decode()}") from error


def renew_queue() -> None:
    """Anew for each leg: acknowledgements that the broker had not applied when a connection closed come back later."""
    manage("DELETE", f"queues/%2F/{QUEUE}")
    manage("PUT", f"queues/%2F/{QUEUE}", {"durable": True, "arguments": {"x-queue-type": "quorum"}})


def run(program: Path, leg: str, count: int, size: int, window: int) -> list[dict]:
    broker = urlsplit(os.environ["OHRA_AMQP_URL"])
    done = subprocess.run(
        [program, leg, broker.hostname, str(broker.port), QUEUE, str(count), str(size), str(window)],
        stdout=subprocess.PIPE, check=True, timeout=900)
    return [json.loads(line) for line in done.stdout.splitlines()]


def compare(options: argparse.Namespace, size: int) -> None:
    figures: dict[tuple[str, str], list[dict]] = {}
    for round_number in range(options.rounds):
        # Who goes first changes from round to round.
        programs = ["PlainC", "Client"] if round_number % 2 == 0 else ["Client", "PlainC"]
        for program in programs:
            renew_queue()
            for leg in ("publish", "consume"):
                [figure] = run(options.bin / program, leg, options.messages, size, options.window)
                figures.setdefault((program, leg), []).append(figure)
    for leg in ("publish", "consume"):
        rates = {p: [options.messages / f["seconds"] for f in figures[p, leg]] for p in ("PlainC", "Client")}
        costs = {p: statistics.median(f["cpu"] for f in figures[p, leg]) / options.messages * 1e6 for p in rates}
        ratio = statistics.median(ours / plain for ours, plain in zip(rates["Client"], rates["PlainC"]))
        print(f"{size:>8}  {leg:<8} {statistics.median(rates['PlainC']):>9.0f} {statistics.median(rates['Client']):>9.0f} "
              f"{ratio:>6.2f}  {costs['PlainC']:>6.0f} {costs['Client']:>6.0f}", flush=True)


def watch_memory(options: argparse.Namespace) -> None:
    size = 50_000
    renew_queue()
    print(f"\n{options.memory_messages} messages of {size} bytes published and consumed at once:")
    for figure in run(options.bin / "Client", "both", options.memory_messages, size, options.window):
        print(f"  after {figure['messages']:>7}: {figure['resident_kb'] / 1024:.1f} MB resident", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(prog="dev/bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="the median of so many counts")
    parser.add_argument("--messages", type=int, default=20_000, help="of each leg of each round")
    parser.add_argument("--sizes", default="18000,50000", help="bytes of a body, separated by commas")
    parser.add_argument("--window", type=int, default=64, help="unconfirmed publishings, and the prefetch count")
    parser.add_argument("--memory-messages", type=int, default=200_000, help="0 leaves the run for memory out")
    parser.add_argument("--bin", type=Path, required=True, help=argparse.SUPPRESS)
    options = parser.parse_args()
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; quorum queue, window {options.window}, "
          f"median of {options.rounds} rounds of {options.messages}")
    print(f"{'':>8}  {'':<8} {'messages/s':>19} {'':>6}  {'CPU µs a message':>13}")
    print(f"{'bytes':>8}  {'leg':<8} {'plain C':>9} {'client':>9} {'ratio':>6}  {'C':>6} {'client':>6}")
    for size in map(int, options.sizes.split(",")):
        compare(options, size)
    if options.memory_messages:
        watch_memory(options)


main()
