"""Writes small models with made-up weights and what transformers makes of texts with them.

    tiny_models.py FOLDER          the fixtures of the tests: bert-tiny, xlm-roberta-tiny
    tiny_models.py FOLDER --full   the whole of nmt_nfkc and random texts besides; too large to commit

Everything is seeded: the same versions write the same bytes. Each folder is one as sentence-transformers publishes it, with
`golden.json` beside: token ids, and the vectors of both ways of pooling.
"""

import base64
import io
import json
import random
import shutil
import sys
import unicodedata
from functools import partial
from pathlib import Path

import numpy as np
import sentencepiece
import torch
from nasty_texts import TEXTS
from safetensors.torch import save_file
from sentencepiece import sentencepiece_model_pb2
from tokenizers import AddedToken, Regex, Tokenizer, models, normalizers, pre_tokenizers, processors, trainers
from transformers import AutoConfig, AutoModel, AutoTokenizer, BertConfig, BertTokenizer, XLMRobertaConfig, XLMRobertaTokenizer

# Tokens a text may have, added ones included; few, so that many of the texts are cut off.
LIMIT = 64
# Texts whose characters the small character map normalises.
MAPPED = "ﬁﬂﷺ㎏㏂½²₃Ⅷ①ｆｕｌｗｉｄｔｈｶﾀﾅ豈更車\u00a0\u2003\u2009\u3000\u1680\u202f\u2028\u2029\t\n\r\x0b\x0c…™´΅\u1fef\u037e\u0340"
COMPOSED = "éÉàçåêûîôïÅñïüöäё각가한글"


def rules(path: Path) -> None:
    """A character map with a little of everything that nmt_nfkc has, as sentencepiece's trainer reads it."""
    lines = {}
    for scalar in MAPPED:
        target = " " if scalar.isspace() else unicodedata.normalize("NFKC", scalar)
        lines[scalar] = target
    for scalar in COMPOSED:
        lines[unicodedata.normalize("NFD", scalar)] = scalar
    lines["\u200b"] = lines["\u00ad"] = lines["\ufeff"] = lines["\x07"] = ""
    text = [
        " ".join(f"{ord(c):X}" for c in source) + "\t" + " ".join(f"{ord(c):X}" for c in target)
        for source, target in sorted(lines.items())
        if source != target
    ]
    path.write_text("\n".join(text) + "\n")


def random_texts(count: int) -> list[str]:
    generator = random.Random(20261125)
    words = " ".join(TEXTS).split(" ")
    singles = [chr(c) for c in range(1, 0x30000) if not 0xD800 <= c < 0xE000]
    texts = []
    for _ in range(count):
        parts = []
        for _ in range(generator.randint(1, 30)):
            kind = generator.random()
            if kind < 0.4:
                parts.append(generator.choice(words))
            elif kind < 0.6:
                parts.append(generator.choice([" ", "  ", "\n", "\t", "\u3000", "▁", "▁▁", "<mask>", " <s>", "\u0301", "\u0600"]))
            else:
                parts.append("".join(generator.choices(singles, k=generator.randint(1, 4))))
        texts.append("".join(parts))
    return texts


def sentencepiece_model(folder: Path, full: bool) -> tuple[list[tuple[str, float]], bytes]:
    rules(folder / "rules.tsv")
    target = io.BytesIO()
    kind = {"normalization_rule_name": "nmt_nfkc"} if full else {"normalization_rule_tsv": str(folder / "rules.tsv")}
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter([line for text in TEXTS for line in text.split("\n") if "\0" not in line]),
        model_writer=target, model_type="unigram", vocab_size=900, character_coverage=0.99, hard_vocab_limit=False,
        num_threads=1, minloglevel=2, **kind)
    (folder / "rules.tsv").unlink()
    model = sentencepiece_model_pb2.ModelProto()
    model.ParseFromString(target.getvalue())
    # Order and numbers of XLM-R: its four special pieces first, fairseq's, then those of sentencepiece.
    pieces = [("<s>", 0.0), ("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0)]
    pieces += [(piece.piece, piece.score) for piece in model.pieces[3:]]
    return [*pieces, ("<mask>", 0.0)], model.normalizer_spec.precompiled_charsmap


def xlm_roberta(folder: Path, full: bool) -> None:
    pieces, character_map = sentencepiece_model(folder, full)
    tokenizer = XLMRobertaTokenizer(
        vocab=pieces, _spm_precompiled_charsmap=character_map, mask_token=AddedToken("<mask>", lstrip=True, normalized=False))
    tokenizer.save_pretrained(folder)
    # The padding token's position is 1, so positions begin at 2.
    config = XLMRobertaConfig(
        vocab_size=len(pieces), hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=80,
        max_position_embeddings=LIMIT + 2, type_vocab_size=1, layer_norm_eps=1e-5, initializer_range=0.3,
        pad_token_id=1, bos_token_id=0, eos_token_id=2)
    save(folder, config, torch.float16, pooling="cls", prompts={"query": "query: ", "passage": "passage: "})


def bert(folder: Path) -> None:
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    # A cased one: marks and capitals stay.
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=False)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    tokenizer.train_from_iterator(
        TEXTS, trainers.WordPieceTrainer(vocab_size=700, special_tokens=special, show_progress=False))
    vocabulary = tokenizer.get_vocab()
    BertTokenizer(vocab=vocabulary, do_lower_case=False).save_pretrained(folder)
    config = BertConfig(
        vocab_size=len(vocabulary), hidden_size=24, num_hidden_layers=2, num_attention_heads=3, intermediate_size=56,
        max_position_embeddings=LIMIT, initializer_range=0.3)
    save(folder, config, torch.float32, pooling="mean", prompts={})


def weights(index: int, name: str, shape: list[int]) -> torch.Tensor:
    """Numbers that the tests compute as well (TinyModel.swift), so that no weights are committed: a hash of each place."""
    count = int(np.prod(shape))
    x = (np.arange(count, dtype=np.uint64) + index * 1_000_003) & 0xFFFFFFFF
    for factor, shift in ((2654435761, 16), (2246822519, 13)):
        x = x * factor & 0xFFFFFFFF
        x ^= x >> shift
    values = ((x >> 8).astype(np.float32) / np.float32(1 << 24) - np.float32(0.5)) * np.float32(0.9)
    if name.endswith("LayerNorm.weight"):
        values += np.float32(1)
    return torch.from_numpy(values.reshape(shape))


def save(folder: Path, config, precision: torch.dtype, pooling: str, prompts: dict) -> None:
    config.save_pretrained(folder)
    model = AutoModel.from_config(config, add_pooling_layer=False)
    # Gains and shifts, too: with those of a fresh model a mix-up would not show.
    shapes = {name: list(tensor.shape) for name, tensor in model.state_dict().items() if tensor.is_floating_point()}
    tensors = {name: weights(index, name, shape).to(precision) for index, (name, shape) in enumerate(shapes.items())}
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    (folder / "weights.json").write_text(json.dumps(
        {"type": "F16" if precision == torch.float16 else "F32", "tensors": [[*item] for item in shapes.items()]}) + "\n")
    (folder / "sentence_bert_config.json").write_text(json.dumps({"max_seq_length": LIMIT, "do_lower_case": False}))
    (folder / "config_sentence_transformers.json").write_text(json.dumps({"prompts": prompts}))
    (folder / "modules.json").write_text(json.dumps([
        {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
        {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"}]))
    (folder / "1_Pooling").mkdir()
    (folder / "1_Pooling" / "config.json").write_text(json.dumps({
        "word_embedding_dimension": config.hidden_size, "pooling_mode_cls_token": pooling == "cls",
        "pooling_mode_mean_tokens": pooling == "mean"}))


def older_form(folder: Path) -> Tokenizer | None:
    """A tokenizer of the form that older converters wrote, saved beside; None where there is none."""
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    if not isinstance(tokenizer.model, models.Unigram):
        return None
    # Read from a file, scores may be off by the last bit, which decides between ways to spell that are equally likely.
    model = json.loads((folder / "tokenizer.json").read_text())["model"]
    tokenizer.model = models.Unigram([tuple(piece) for piece in model["vocab"]], unk_id=model["unk_id"])
    tokenizer.normalizer = normalizers.Sequence(
        [tokenizer.normalizer, normalizers.Strip(left=False, right=True), normalizers.Replace(Regex(" {2,}"), "▁")])
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    tokenizer.save(str(folder / "tokenizer.older.json"))
    return tokenizer


@torch.no_grad()
def golden(folder: Path, texts: list[str]) -> None:
    tokenizer = AutoTokenizer.from_pretrained(folder)
    older = older_form(folder)
    config = AutoConfig.from_pretrained(folder)
    model = AutoModel.from_pretrained(folder, config=config, dtype=torch.float32, add_pooling_layer=False).eval()
    lines = []
    for text in texts:
        ids = tokenizer(text, truncation=True, max_length=LIMIT)["input_ids"]
        states = model(input_ids=torch.tensor([ids])).last_hidden_state[0]
        item = {"text": text, "ids": ids}
        if older:
            item["older"] = older.encode(text).ids
        for name, vector in {"mean": states.mean(0), "cls": states[0]}.items():
            vector = torch.nn.functional.normalize(vector, dim=0)
            item[name] = base64.b64encode(vector.numpy().astype("<f2").tobytes()).decode()
        lines.append(json.dumps(item, separators=(",", ":")))
    (folder / "golden.json").write_text("[\n" + ",\n".join(lines) + "\n]\n")
    print(f"{folder.name}: {len(lines)} texts, {tokenizer.vocab_size} pieces")


def main(target: str, *options: str) -> None:
    full = "--full" in options
    texts = TEXTS + random_texts(3000 if full else 40)
    for name, make in {"bert-tiny": bert, "xlm-roberta-tiny": partial(xlm_roberta, full=full)}.items():
        folder = Path(target) / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        make(folder)
        golden(folder, texts)
        if not full:
            (folder / "model.safetensors").unlink()


if __name__ == "__main__":
    main(*sys.argv[1:])
