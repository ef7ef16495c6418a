"""Writes tiny random BERT-like models and the outputs that Hugging Face transformers computes with them.

Run by hand, never by the build; the header of timm_models.py says how to make the environment (transformers 5.18):
    V/bin/python reference/bert_models.py

Output: library/src/test/resources/bert/<case>.safetensors and <case>.json. The safetensors file holds the state dict and,
also `input.ids`, `input.types`, `input.mask` (a batch with padding), `logits`, `hidden.i` (R_0 to R_L), `map.i`.
Every parameter is random, so a parameter that the Java model ignores changes the outputs. Outputs are computed in double
and stored as F32; attention maps come from the eager implementation. The JSON file has the config and the number of parameters.
"""

import json
import pathlib

import torch
from safetensors.torch import save_file
from transformers import (
    BertConfig,
    BertForMaskedLM,
    BertForSequenceClassification,
    BertModel,
    ElectraConfig,
    ElectraForSequenceClassification,
    RobertaConfig,
    RobertaForMaskedLM,
    RobertaForSequenceClassification,
)

FOLDER = pathlib.Path(__file__).resolve().parent.parent / "library/src/test/resources/bert"
SIZES = dict(
    vocab_size=40,
    hidden_size=16,
    num_hidden_layers=3,
    num_attention_heads=4,
    intermediate_size=24,
    max_position_embeddings=12,
)


def randomise(net, generator):
    with torch.no_grad():
        for name, p in net.named_parameters():
            noise = torch.randn(p.shape, generator=generator)
            is_scale = name.endswith("LayerNorm.weight") or name.endswith("layer_norm.weight")
            p.copy_(1 + 0.2 * noise if is_scale else 0.4 * noise)


def case(name, kind, config):
    generator = torch.Generator().manual_seed(7)
    config._attn_implementation = "eager"
    net = kind(config).eval()
    randomise(net, generator)
    padding = config.pad_token_id
    ids = torch.randint(3, config.vocab_size, (3, 7), generator=generator)
    types = torch.tensor([[0, 0, 0, 1, 1, 1, 1], [0, 0, 1, 1, 0, 0, 0], [0, 0, 0, 0, 0, 1, 0]])
    types = types % config.type_vocab_size
    mask = torch.ones_like(ids)
    mask[1, 4:] = 0
    mask[2, 6:] = 0
    ids = torch.where(mask == 1, ids, torch.full_like(ids, padding))
    with torch.no_grad():
        out = net.double()(
            input_ids=ids,
            token_type_ids=types,
            attention_mask=mask,
            output_hidden_states=True,
            output_attentions=True,
        )
    tensors = {k: v.float().contiguous().clone() for k, v in net.state_dict().items() if v.is_floating_point()}
    tensors.pop("cls.predictions.decoder.weight", None)
    tensors.pop("cls.predictions.decoder.bias", None)
    tensors.pop("lm_head.decoder.weight", None)
    tensors.pop("lm_head.decoder.bias", None)
    tensors["input.ids"], tensors["input.types"], tensors["input.mask"] = ids, types, mask
    tensors["logits"] = (out.logits if hasattr(out, "logits") else out.pooler_output).float()
    for i, h in enumerate(out.hidden_states):
        tensors[f"hidden.{i}"] = h.float().contiguous()
    for i, a in enumerate(out.attentions):
        tensors[f"map.{i}"] = a.float().contiguous()
    FOLDER.mkdir(parents=True, exist_ok=True)
    save_file(tensors, FOLDER / f"{name}.safetensors")
    keep = [*SIZES, "type_vocab_size", "pad_token_id", "layer_norm_eps", "embedding_size"]
    facts = {
        "config": {k: getattr(config, k) for k in keep if getattr(config, k, None) is not None},
        "parameters": sum(p.numel() for p in net.parameters()),
    }
    (FOLDER / f"{name}.json").write_text(json.dumps(facts, indent=1) + "\n")


if __name__ == "__main__":
    case("bert", BertModel, BertConfig(**SIZES))
    case("bert_classifier", BertForSequenceClassification, BertConfig(**SIZES, num_labels=3))
    case("bert_mlm", BertForMaskedLM, BertConfig(**SIZES))
    roberta = dict(SIZES, max_position_embeddings=14, type_vocab_size=1, pad_token_id=1, layer_norm_eps=1e-5)
    case("roberta_classifier", RobertaForSequenceClassification, RobertaConfig(**roberta, num_labels=3))
    case("roberta_mlm", RobertaForMaskedLM, RobertaConfig(**roberta))
    electra = dict(SIZES, embedding_size=8)
    case("electra_classifier", ElectraForSequenceClassification, ElectraConfig(**electra, num_labels=3))
