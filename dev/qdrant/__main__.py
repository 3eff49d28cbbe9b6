"""Run the stand-in: `python -m qdrant --port P --data DIR [--api-key KEY]`, with dev/ as the working folder."""

import argparse
from pathlib import Path

import uvicorn

from .app import Server
from .faults import ResettableProtocol


def main() -> None:
    parser = argparse.ArgumentParser(prog="qdrant", description="Stand-in for a Qdrant server, on loopback only.")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--data", type=Path, required=True, help="folder of the collections")
    parser.add_argument("--api-key", help="ask for this key, as a header `api-key` or a bearer token")
    # 1.19 is the version whose REST API was imitated; another one shows how a client treats an old server.
    parser.add_argument("--version", default="1.19.0", help="what `GET /` reports (default %(default)s)")
    arguments = parser.parse_args()
    application = Server(arguments.data, arguments.api_key, arguments.version).application()
    uvicorn.run(application, host="127.0.0.1", port=arguments.port, http=ResettableProtocol, loop="uvloop",
                timeout_keep_alive=5, access_log=False, log_level="warning")


if __name__ == "__main__":
    main()
