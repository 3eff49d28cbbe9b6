"""The discussion board of docs/ADD-A-SOURCE.md, made up as it is asked for: as many topics as you like, no memory for them.

    python -m dev.forum --topics 50000 --page-size 100 --bytes 4000

Prints its port. The token is `forum-token`. `GET /requests` tells how many requests of each kind came.
"""

import argparse
import json
import sys
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

EPOCH = 1_700_000_000_000
BOARDS = [3, 7]
WORDS = ("Reefer 12 keeps frozen goods at dock four until the night shift has counted every pallet. "
         "냉동 화물은 야간 근무자가 팔레트를 모두 확인할 때까지 4번 도크에서 보관한다. ")


class Board(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, topics: int, page_size: int, size: int):
        super().__init__(("127.0.0.1", 0), Handler)
        self.topics, self.page_size = topics, page_size
        self.text = (WORDS * (size // len(WORDS.encode()) + 1)).encode()[:size].decode(errors="ignore")
        self.requests = Counter()

    def numbers(self, board: int, page: int) -> tuple[range, bool]:
        """Topics of one page: they go to the boards in turn."""
        step = len(BOARDS)
        own = range(BOARDS.index(board), self.topics, step)
        return own[(page - 1) * self.page_size:page * self.page_size], page * self.page_size < len(own)

    def topic(self, number: int) -> dict:
        return {"id": number, "title": f"Topic {number}", "html": f"<h2>Topic {number}</h2><p>{self.text}</p>",
                "author": "Kim Haneul", "updated_ms": EPOCH + number}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Head and body are two writes; without this the second one waits for an acknowledgement.
    disable_nagle_algorithm = True
    server: Board

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        query = {name: int(values[0]) for name, values in parse_qs(url.query).items() if values[0].isdigit()}
        if url.path == "/requests":
            return self.answer(200, self.server.requests)
        self.server.requests[url.path] += 1
        if self.headers["Authorization"] != "Bearer forum-token":
            return self.answer(401, {})
        match url.path:
            case "/api/me":
                self.answer(200, {"name": "sync"})
            case "/api/boards":
                self.answer(200, {"items": [{"id": board} for board in BOARDS], "more": False})
            case "/api/topics":
                numbers, more = self.server.numbers(query["board"], query["page"])
                changed = [number for number in numbers if EPOCH + number >= query["since"]]
                self.answer(200, {"items": [self.server.topic(number) for number in changed], "more": more})
            case "/api/ids":
                numbers, more = self.server.numbers(query["board"], query["page"])
                self.answer(200, {"items": [{"id": number} for number in numbers], "more": more})
            case _:
                self.answer(404, {})

    def answer(self, status: int, value) -> None:
        body = json.dumps(value, ensure_ascii=False).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments) -> None:
        """One line a request would bury everything else."""


def main() -> None:
    parser = argparse.ArgumentParser(prog="dev.forum", description=__doc__)
    parser.add_argument("--topics", type=int, default=100)
    parser.add_argument("--page-size", type=int, default=50)
    parser.add_argument("--bytes", type=int, default=2000, help="of each topic's text")
    options = parser.parse_args()
    board = Board(options.topics, options.page_size, options.bytes)
    print(board.server_port, flush=True)
    try:
        board.serve_forever()
    except KeyboardInterrupt:
        sys.exit(0)


main()
