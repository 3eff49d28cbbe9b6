"""Chunks per second of the model inside the programs beside sentence-transformers (PyTorch) and ONNX Runtime.

    encoder_speed.py MODEL_FOLDER TRANSFORMER [--rounds 5] [--threads 1,2] [--texts 254]

All engines take the same texts, the chunks of the sample company, tokenising included, with as many threads each; they take
turns, so that what else the machine does meets all of them, and the median of the rounds counts. Besides the time by the clock
there is the processor's time per chunk, which other work hardly moves.
"""

import argparse
import json
import os
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import onnx_models
import onnxruntime
import torch
from sentence_transformers import SentenceTransformer
from tokenizers import Tokenizer

CHUNKS = Path(__file__).parents[2] / "Tests/EmbeddingTests/Local/minilm_corpus.json"
# Texts at once for the engines that pad: sorted by length, so that little is padding. The best of 4, 8, 16 and 32 here.
BATCH = 8


class OurProgram:
    """`transformer embed`; what start and loading take is measured with one text and taken off."""

    def __init__(self, program: str, precision: str, texts: list[str], library: str = "onednn"):
        self.program, self.precision, self.library = program, precision, library
        self.files = {}
        for name, part in {"all": texts, "one": texts[:1]}.items():
            with tempfile.NamedTemporaryFile("w", suffix=".json", delete=False) as file:
                json.dump(part, file)
            self.files[name] = file.name

    def _run(self, name: str, threads: int) -> tuple[dict, float, int]:
        settings = {"OHRA_EMBEDDING_PROVIDER": "local", "OHRA_EMBEDDING_PRECISION": self.precision,
                    "OHRA_EMBEDDING_ENGINE": self.library,
                    "OHRA_EMBEDDING_THREADS": str(threads)}
        with tempfile.TemporaryFile("w+") as output:
            process = subprocess.Popen([self.program, "embed", "--texts", self.files[name], "--json"],
                                       env={**os.environ, **settings}, stdout=output)
            peak, pid = 0, 0
            while pid == 0:
                # What wait4 tells of memory counts this process's before the program replaced it.
                if found := re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{process.pid}/status").read_text()):
                    peak = int(found[1])
                time.sleep(0.02)
                pid, status, usage = os.wait4(process.pid, os.WNOHANG)
            if status != 0:
                raise SystemExit(f"{self.program} ended with {status}")
            output.seek(0)
            return json.load(output), usage.ru_utime + usage.ru_stime, peak

    def run(self, threads: int) -> tuple[float, float, np.ndarray]:
        _, start, _ = self._run("one", threads)
        result, total, self.peak_kilobytes = self._run("all", threads)
        return result["seconds"], total - start, np.array(result["vectors"], dtype=np.float32)


class Measured:
    """An engine inside this process."""

    def __init__(self, encode):
        self.encode = encode

    def run(self, threads: int) -> tuple[float, float, np.ndarray]:
        before, start = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
        vectors = self.encode(threads)
        seconds = time.perf_counter() - start
        after = resource.getrusage(resource.RUSAGE_SELF)
        return seconds, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, vectors


def torch_engine(folder: str, texts: list[str]) -> Measured:
    model = SentenceTransformer(folder, device="cpu")

    def encode(threads: int) -> np.ndarray:
        torch.set_num_threads(threads)
        return model.encode(texts, batch_size=BATCH, convert_to_numpy=True, normalize_embeddings=True)

    return Measured(encode)


def onnx_engine(folder: str, path: Path, texts: list[str]) -> Measured:
    tokenizer = Tokenizer.from_file(f"{folder}/tokenizer.json")
    tokenizer.enable_truncation(256)
    tokenizer.enable_padding()
    sessions = {}

    def session(threads: int) -> onnxruntime.InferenceSession:
        if threads not in sessions:
            options = onnxruntime.SessionOptions()
            options.intra_op_num_threads = threads
            sessions[threads] = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        return sessions[threads]

    def encode(threads: int) -> np.ndarray:
        order = sorted(range(len(texts)), key=lambda index: -len(texts[index]))
        vectors = np.empty((len(texts), 384), dtype=np.float32)
        for start in range(0, len(order), BATCH):
            part = order[start:start + BATCH]
            encoded = tokenizer.encode_batch([texts[index] for index in part])
            feed = {"ids": np.array([e.ids for e in encoded]), "mask": np.array([e.attention_mask for e in encoded])}
            vectors[part] = session(threads).run(None, feed)[0]
        return vectors

    return Measured(encode)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("program")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", default="1,2")
    parser.add_argument("--texts", type=int, help="about as many, evenly out of all")
    options = parser.parse_args()
    texts = [item["text"] for item in json.loads(CHUNKS.read_text())]
    texts = texts[:: max(1, len(texts) // (options.texts or len(texts)))]
    paths = onnx_models.write(options.folder, Path(".work/speed"))
    engines = {
        "sentence-transformers, PyTorch": torch_engine(options.folder, texts),
        "ONNX Runtime fp32": onnx_engine(options.folder, paths["plain"], texts),
        "ONNX Runtime fp32, fused": onnx_engine(options.folder, paths["fused"], texts),
        "ONNX Runtime int8, dynamic": onnx_engine(options.folder, paths["int8"], texts),
        **{f"local {name}": OurProgram(options.program, name, texts) for name in ("fp32", "bf16", "int8")},
        "local fp32, OpenBLAS": OurProgram(options.program, "fp32", texts, "openblas"),
    }
    threads = [int(number) for number in options.threads.split(",")]
    results = {(name, count): [] for name in engines for count in threads}
    vectors = {}
    for round in range(options.rounds + 1):
        for count in threads:
            for name, engine in engines.items():
                seconds, processor, vectors[name] = engine.run(count)
                if round > 0:  # the first is for warming up
                    results[name, count].append((len(texts) / seconds, 1000 * processor / len(texts)))
        print(f"round {round}: load {os.getloadavg()[0]:.1f}", file=sys.stderr)
    reference = vectors["sentence-transformers, PyTorch"]
    head = "".join(f" chunks/s {count}T | CPU ms {count}T |" for count in threads)
    print(f"{len(texts)} chunks, median of {options.rounds} rounds\n| engine |{head} least cosine | mean |")
    print("| --- |" + " --- |" * (2 * len(threads) + 2))
    for name in engines:
        cells = "".join(
            f" {statistics.median(rate for rate, _ in results[name, count]):.1f} |"
            f" {statistics.median(cost for _, cost in results[name, count]):.1f} |" for count in threads)
        cosines = (vectors[name] * reference).sum(1) / np.linalg.norm(vectors[name], axis=1)
        print(f"| {name} |{cells} {cosines.min():.7f} | {cosines.mean():.7f} |")
    for name, engine in engines.items():
        if isinstance(engine, OurProgram):
            print(f"{name}: peak memory {engine.peak_kilobytes / 1024:.0f} MB with {threads[-1]} threads")


if __name__ == "__main__":
    main()
