"""One step of distillation into a ternary BERT, implemented as by the authors of TernaryBERT and KD-QAT.

The quantizers are autograd functions, applied in every forward pass; the losses compare lists of the tensors of all layers. The
models come from transformers.
"""

import math

import torch
import torch.nn.functional as F
from torch import nn
from transformers import AttentionInterface, BertConfig, BertForSequenceClassification

CLIP = 2.5


class Ternary(torch.autograd.Function):
    """Weights: alpha * sign(w) where |w| > 0.7 mean|w|."""

    @staticmethod
    def forward(ctx, x, by_row):
        ctx.save_for_backward(x)
        x = x.clamp(-CLIP, CLIP)
        size = x.abs()
        dims = (1,) if by_row else (0, 1)
        beyond = size > 0.7 * size.mean(dims, keepdim=True)
        alpha = (size * beyond).sum(dims, keepdim=True) / beyond.sum(dims, keepdim=True)
        return x.sign() * beyond * alpha

    @staticmethod
    def backward(ctx, grad):
        (x,) = ctx.saved_tensors
        return grad * (x.abs() < CLIP), None


class Symmetric(torch.autograd.Function):
    """Activations: 8 bits, one scale for the whole tensor."""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        x = x.clamp(-CLIP, CLIP)
        s = 127 / x.abs().max()
        return (x * s).round() / s

    @staticmethod
    def backward(ctx, grad):
        (x,) = ctx.saved_tensors
        return grad * (x.abs() < CLIP)


class QuantizedLinear(nn.Linear):
    def forward(self, x):
        return F.linear(Symmetric.apply(x), Ternary.apply(self.weight, False), self.bias)


class QuantizedEmbedding(nn.Embedding):
    def forward(self, ids):
        return F.embedding(ids, Ternary.apply(self.weight, True))


def quantized_attention(module, query, key, value, attention_mask, scaling=None, dropout=0.0, **kwargs):
    """Written out: queries, keys, probabilities and values are rounded; the map that is returned is not."""
    scale = scaling if scaling is not None else 1 / math.sqrt(query.shape[-1])
    scores = Symmetric.apply(query) @ Symmetric.apply(key).transpose(2, 3) * scale
    if attention_mask is not None:
        scores = scores + attention_mask[:, :, :, : key.shape[-2]]
    probabilities = scores.softmax(-1)
    dropped = F.dropout(probabilities, dropout, module.training)
    out = Symmetric.apply(dropped) @ Symmetric.apply(value).to(dropped.dtype)
    return out.transpose(1, 2).contiguous(), probabilities


AttentionInterface.register("quantized", quantized_attention)


def quantize(model) -> None:
    """Every linear map of encoder and pooler, and the table of words."""
    for module in list(model.bert.modules()):
        for name, child in list(module.named_children()):
            if type(child) is nn.Linear:
                child.__class__ = QuantizedLinear
            elif name == "word_embeddings":
                child.__class__ = QuantizedEmbedding


def bert(attention: str, dropout: float) -> BertForSequenceClassification:
    config = BertConfig(hidden_dropout_prob=dropout, attention_probs_dropout_prob=dropout, num_labels=2)
    config._attn_implementation = attention
    return BertForSequenceClassification(config)


class KdQat(nn.Module):
    """Logits, hidden states, attention maps and attention outputs of all layers."""

    def __init__(self, dropout: float = 0.1):
        super().__init__()
        teacher = bert("eager", dropout).eval().requires_grad_(False)
        self.student, self.branches = bert("quantized", dropout), nn.ModuleList()
        self.student.load_state_dict(teacher.state_dict())
        quantize(self.student)
        self.teacher = [teacher]  # in a list, so that it is no child
        self.outputs = {}
        for model in (self.student, teacher):
            self.outputs[model] = []
            for layer in model.bert.encoder.layer:
                layer.attention.register_forward_hook(self.keeper(self.outputs[model]))

    @staticmethod
    def keeper(outputs):
        def keep(_module, _inputs, output):
            outputs.append(output[0] if isinstance(output, tuple) else output)

        return keep

    def look(self, model, ids):
        self.outputs[model].clear()
        seen = model(ids, output_attentions=True, output_hidden_states=True)
        return seen.logits, seen.hidden_states, seen.attentions, list(self.outputs[model])

    def forward(self, ids):
        with torch.no_grad():
            teacher = self.look(self.teacher[0], ids)
        return self.look(self.student, ids), teacher

    def parts(self, outputs):
        (logits, hidden, maps, outs), (logits_t, hidden_t, maps_t, outs_t) = outputs
        kd = F.kl_div(logits.float().log_softmax(1), logits_t.float().softmax(1), reduction="batchmean")
        states = sum(F.mse_loss(s.float(), t.float()) for s, t in zip(hidden, hidden_t))
        attention = sum(map_loss(s.float(), t.float()) for s, t in zip(maps, maps_t))
        output = sum(F.mse_loss(s.float(), t.float()) for s, t in zip(outs, outs_t))
        return {"kd": kd, "hidden": states, "attention-map": attention, "attention-output": output}

    def loss(self, outputs, _labels):
        return sum(self.parts(outputs).values())


def map_loss(student, teacher):
    """KL of every row, averaged over rows, heads and examples."""
    p, q = teacher.clamp_min(1e-8), student.clamp_min(1e-8)
    return (p * (p.log() - q.log())).sum(-1).mean()
