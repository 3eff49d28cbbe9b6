"""ONNX files of a BERT model folder for the measurements: fp32 as exported and with fused attention, dynamic int8."""

from pathlib import Path

import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.transformers.optimizer import optimize_model
from transformers import AutoModel


class Pooled(torch.nn.Module):
    """Ids and mask to vectors of length 1, so that nothing is left to Python."""

    def __init__(self, folder: str):
        super().__init__()
        self.model = AutoModel.from_pretrained(folder, attn_implementation="eager").eval()

    def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        states = self.model(input_ids=ids, attention_mask=mask).last_hidden_state
        weights = mask.unsqueeze(-1).to(states.dtype)
        return torch.nn.functional.normalize((states * weights).sum(1) / weights.sum(1), dim=1)


def write(folder: str, target: Path) -> dict[str, Path]:
    """Writes what is not there yet; paths by name."""
    paths = {name: target / f"{name}.onnx" for name in ("plain", "fused", "int8")}
    if all(path.exists() for path in paths.values()):
        return paths
    target.mkdir(parents=True, exist_ok=True)
    ids = torch.ones(2, 16, dtype=torch.int64)
    torch.onnx.export(
        Pooled(folder), (ids, ids), str(paths["plain"]), input_names=["ids", "mask"], output_names=["vectors"],
        dynamic_axes={"ids": {0: "batch", 1: "tokens"}, "mask": {0: "batch", 1: "tokens"}, "vectors": {0: "batch"}},
        opset_version=17, dynamo=False)
    optimize_model(str(paths["plain"]), model_type="bert", num_heads=12, hidden_size=384).save_model_to_file(str(paths["fused"]))
    # Seven bits where products of eight overflow: what ONNX Runtime's guide says for processors without VNNI.
    flags = next(line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("flags"))
    quantize_dynamic(
        str(paths["plain"]), str(paths["int8"]), per_channel=True, weight_type=QuantType.QInt8,
        reduce_range="avx512_vnni" not in flags and "avx_vnni" not in flags)
    return paths
