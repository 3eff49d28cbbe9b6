"""An OpenAI-compatible embedding server that needs no model: the same text always gets the same vector, after a pause.

python dev/embedding_server.py --port PORT [--latency-ms 50] [--dimension 384]

Only as dear as it must be, so that a measurement on two cores measures the workers: it hands out one of 251 vectors made
beforehand. POST /_control/hold makes requests wait until POST /_control/release; the probe that a worker sends at its start
is always answered. GET /_control/ready counts the requests and texts so far.
"""

import argparse
import asyncio
import base64
import json
import math
import random
import struct
import zlib

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

# What the OpenAI provider asks at its start to learn the dimension.
PROBE = ["ping"]


def unit_vector(seed: int, dimension: int) -> list[float]:
    numbers = random.Random(seed)
    vector = [numbers.gauss(0, 1) for _ in range(dimension)]
    norm = math.sqrt(sum(value * value for value in vector))
    return [value / norm for value in vector]


class Embedder:
    def __init__(self, latency: float, dimension: int):
        self.latency = latency
        vectors = [unit_vector(seed, dimension) for seed in range(251)]
        self.as_numbers = [json.dumps(vector).encode() for vector in vectors]
        self.as_base64 = [
            b'"' + base64.b64encode(struct.pack(f"<{dimension}f", *vector)) + b'"' for vector in vectors
        ]
        self.released = asyncio.Event()
        self.released.set()
        self.requests = self.texts = 0

    async def embed(self, request: Request) -> Response:
        body = json.loads(await request.body())
        texts = body["input"]
        if isinstance(texts, str):
            texts = [texts]
        if texts != PROBE:
            await self.released.wait()
            self.requests += 1
            self.texts += len(texts)
        await asyncio.sleep(self.latency)  # the latency that is asked for
        table = self.as_base64 if body.get("encoding_format") == "base64" else self.as_numbers
        rows = b",".join(
            b'{"object":"embedding","index":%d,"embedding":%s}' % (index, table[zlib.crc32(text.encode()) % len(table)])
            for index, text in enumerate(texts))
        return Response(
            b'{"object":"list","model":"stand-in","data":[' + rows + b"]}", media_type="application/json")

    async def control(self, request: Request) -> JSONResponse:
        match request.path_params["action"]:
            case "hold":
                self.released.clear()
            case "release":
                self.released.set()
            case "ready":
                pass
            case _:
                return JSONResponse({"error": "hold, release or ready"}, 404)
        return JSONResponse({"requests": self.requests, "texts": self.texts})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--latency-ms", type=float, default=50)
    parser.add_argument("--dimension", type=int, default=384)
    options = parser.parse_args()
    embedder = Embedder(options.latency_ms / 1000, options.dimension)
    app = Starlette(routes=[
        Route("/v1/embeddings", embedder.embed, methods=["POST"]),
        Route("/_control/{action}", embedder.control, methods=["GET", "POST"]),
    ])
    uvicorn.run(app, host="127.0.0.1", port=options.port, log_level="warning", access_log=False, lifespan="off")


if __name__ == "__main__":
    main()
