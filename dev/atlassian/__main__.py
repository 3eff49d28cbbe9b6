"""`python -m atlassian --port 8090 --data DIR`"""

import argparse
import time
from datetime import datetime, timezone
from pathlib import Path

import uvicorn

from .app import build
from .clock import floor_to_hour


def main() -> None:
    parser = argparse.ArgumentParser(prog="atlassian", description="Stand-in for an Atlassian Cloud site")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--data", type=Path, required=True, help="folder for requests.jsonl")
    # Jira's version of an issue is its date. Two starts with one base (by default: in the same hour) give equal dates.
    parser.add_argument("--base", type=datetime.fromisoformat, help="moment the corpus counts back from, with a zone")
    options = parser.parse_args()
    base = options.base or floor_to_hour(datetime.fromtimestamp(time.time(), timezone.utc))
    uvicorn.run(build(base, options.data), host="127.0.0.1", port=options.port, log_level="warning", lifespan="off")


if __name__ == "__main__":
    main()
