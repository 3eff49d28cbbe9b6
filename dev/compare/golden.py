"""Writes golden files of the `local` provider's tests: what sentence-transformers makes of texts.

    golden.py MODEL_FOLDER FILE          of the odd texts in nasty_texts.py
    golden.py MODEL_FOLDER FILE TEXTS    of a JSON array of texts

Needs sentence-transformers and torch, which are too large for .venv: `make golden` runs it in an environment of its own.
Vectors are stored as float16, which moves a cosine by less than 1e-7.
"""

import base64
import json
import sys
from pathlib import Path

import numpy as np
from nasty_texts import TEXTS
from sentence_transformers import SentenceTransformer


def main(folder: str, target: str, texts_file: str | None = None) -> None:
    texts = json.loads(Path(texts_file).read_text(encoding="utf-8")) if texts_file else TEXTS
    model = SentenceTransformer(folder, device="cpu")
    # One at a time: padding to the longest of a batch moves the last digits.
    vectors = model.encode(texts, batch_size=1, convert_to_numpy=True, normalize_embeddings=True)
    lines = []
    for text, vector in zip(texts, vectors, strict=True):
        ids = model.tokenize([text])["input_ids"][0].tolist()
        packed = base64.b64encode(vector.astype("<f2").tobytes()).decode()
        item = {"text": text, "ids": ids, "vector": packed}
        lines.append(json.dumps(item, ensure_ascii=texts_file is None, separators=(",", ":")))
    Path(target).write_text("[\n" + ",\n".join(lines) + "\n]\n", encoding="utf-8")
    print(f"{len(lines)} texts, {np.mean([len(json.loads(x)['ids']) for x in lines]):.0f} tokens each, to {target}")


if __name__ == "__main__":
    main(*sys.argv[1:])
