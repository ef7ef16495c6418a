"""One retrieval fine-tuning step with distillation and pruning, implemented as by the authors of EfficientVLM.

An X-VLM with a CLIP vision encoder and 12/6/6 layers teaches one with 6/3/3. The losses compare lists of all hidden states and
attention maps. A Lagrangian holds the gates over heads and neurons to the target sparsity. Parameters and their names come from
reference/xvlm_models.py; the forward passes are here, with dropout and gates, and with explicit attention because the losses
compare its maps. Teacher and student score the same hard negatives.
"""

import json
import math
import pathlib
import sys

import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from torch import nn

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "reference"))
import xvlm_models  # noqa: E402

TEACHER = dict(xvlm_models.FULL)
STUDENT = dict(TEACHER, vision_layers=6, local_depth=2, text_layers=3, cross_layers=3)
BATCH, TOKENS = 8, 40
HEAD_SIZE, NEURON_SIZE = 196_864, 1_537
TARGET = 0.25
GATE_LR = 0.01


# ---- gates -----------------------------------------------------------------------------------------------------------


class Gates(nn.Module):
    """Hard-concrete gates of the three encoders, a row for each layer, and the multipliers."""

    def __init__(self, c):
        super().__init__()
        heads, inner = c["heads"], c["intermediate_size"]
        shapes = {
            "vision_heads": (c["vision_layers"], c["vision_heads"]),
            "vision_neurons": (c["vision_layers"], 4 * c["vision_width"]),
            "text_heads": (c["text_layers"], heads),
            "text_neurons": (c["text_layers"], inner),
            "cross_heads": (2 * c["cross_layers"], heads),  # self, cross, self, cross, ...
            "cross_neurons": (c["cross_layers"], inner),
        }
        self.logs = nn.ParameterDict(
            {k: nn.Parameter(torch.randn(s) * 0.01 + (10 if k.endswith("heads") else 0)) for k, s in shapes.items()}
        )
        self.multipliers = nn.ParameterList([nn.Parameter(torch.zeros(())) for _ in range(2)])
        self.total = sum(p.numel() * self.size(k) for k, p in self.logs.items())
        self.steps = 0

    @staticmethod
    def size(kind):
        return HEAD_SIZE if kind.endswith("heads") else NEURON_SIZE

    def sample(self):
        masks = {}
        for kind, a in self.logs.items():
            u = torch.empty_like(a).uniform_(1e-6, 1 - 1e-6)
            s = torch.sigmoid((u.log() - (1 - u).log() + a) / (2 / 3))
            masks[kind] = (s * 1.2 - 0.1).clamp(0, 1)
        return masks

    def penalty(self, warmup=10_000):
        kept = 0
        for kind, a in self.logs.items():
            q = torch.sigmoid(a - math.log(0.1 / 1.1) * (2 / 3)).clamp(1e-6, 1 - 1e-6)
            kept = kept + q.sum() * self.size(kind)
        over = 1 - kept / self.total - TARGET * min(1, self.steps / warmup)
        return self.multipliers[0] * over + self.multipliers[1] * over**2

    def optimizers(self, option):
        settings = dict(lr=GATE_LR, betas=(0.9, 0.98), weight_decay=0.0, **option)
        return [
            torch.optim.AdamW(self.logs.values(), **settings),
            torch.optim.AdamW(self.multipliers, maximize=True, **settings),
        ]

    def settle(self):
        self.steps += 1
        with torch.no_grad():
            for a in self.logs.values():
                a.clamp_(math.log(0.01), math.log(100))


def row(masks, kind, layer):
    return masks[kind][layer] if masks else None


# ---- passes ----------------------------------------------------------------------------------------------------------


def attend(q, k, v, heads, bias, gate, dropout, maps):
    q, k, v = (xvlm_models.heads_of(x, heads) for x in (q, k, v))
    scores = q @ k.transpose(-1, -2) / math.sqrt(q.shape[-1])
    probabilities = (scores + bias if bias is not None else scores).softmax(-1)
    maps.append(probabilities)
    context = F.dropout(probabilities, dropout) @ v
    if gate is not None:
        context = context * gate.view(1, -1, 1, 1)
    return context.permute(0, 2, 1, 3).flatten(2)


def vision(net, pixels, masks, seen):
    x = net.patch_embed(pixels).flatten(2).transpose(1, 2)
    x = torch.cat([net.class_embedding.expand(len(x), 1, -1), x], 1) + net.pos_embed.weight
    x = net.pre_layrnorm(x)
    states, maps = [x], []
    for i, layer in enumerate(net.encoder.layers):
        a, y = layer.self_attn, layer.layer_norm1(x)
        heads = row(masks, "vision_heads", i)
        context = attend(a.q_proj(y), a.k_proj(y), a.v_proj(y), layer.heads, None, heads, 0.0, maps)
        x = x + a.out_proj(context)
        h = layer.mlp.fc1(layer.layer_norm2(x))
        h = h * torch.sigmoid(1.702 * h)
        if masks:
            h = h * row(masks, "vision_neurons", i)
        x = x + layer.mlp.fc2(h)
        states.append(x)
    seen["vision"] = states, maps, []
    return net.post_layernorm(x)


def bert_attention(part, x, other, bias, gate, dropout, maps):
    p = getattr(part, "self")
    y = attend(p.query(x), p.key(other), p.value(other), part.heads, bias, gate, dropout, maps)
    return part.output.LayerNorm(F.dropout(part.output.dense(y), dropout) + x)


def bert(layers, x, bias, image, kind, masks, dropout, seen, part):
    states, maps, cross = [x], [], []
    for i, layer in enumerate(layers):
        place = 2 * i if image is not None else i
        x = bert_attention(layer.attention, x, x, bias, row(masks, kind + "_heads", place), dropout, maps)
        if image is not None:
            gate = row(masks, kind + "_heads", place + 1)
            x = bert_attention(layer.crossattention, x, image, None, gate, dropout, cross)
        h = F.gelu(layer.intermediate.dense(x))
        if masks:
            h = h * row(masks, kind + "_neurons", i)
        x = layer.output.LayerNorm(F.dropout(layer.output.dense(h), dropout) + x)
        states.append(x)
    seen[part] = states, maps, cross
    return x


def hidden(mask):
    return (1.0 - mask[:, None, None, :].float()) * -10000.0


def run(net, batch, masks, dropout, negatives=None):
    """States and maps of each part, similarities, and the logits of the batch's pairs and of the wrong ones."""
    pixels, ids, mask, _ = batch
    seen, stack = {}, net.text_encoder
    image = vision(net.vision_encoder, pixels, masks, seen)
    text_layers, cross_layers = stack.encoder.layer[: net.f], stack.encoder.layer[net.f :]
    x = F.dropout(stack.embed(ids), dropout)
    text = bert(text_layers, x, hidden(mask), None, "text", masks, dropout, seen, "text")
    with torch.autocast("cpu", enabled=False):
        i = F.normalize(net.vision_proj(image[:, 0].float()), dim=-1)
        t = F.normalize(net.text_proj(text[:, 0].float()), dim=-1)
        seen["similarity"] = i @ t.T / net.temp
    own = bert(cross_layers, text, hidden(mask), image, "cross", masks, dropout, seen, "cross")
    i, t = negatives = wrong(seen["similarity"], batch[3]) if negatives is None else negatives
    both, shown = torch.cat([text, text[t]]), torch.cat([image[i], image])
    masked = hidden(torch.cat([mask, mask[t]]))
    other = bert(cross_layers, both, masked, shown, "cross", masks, dropout, seen, "negatives")
    seen["match"] = net.itm_head(torch.cat([own[:, 0], other[:, 0]]))
    return seen, negatives


def wrong(similarity, ids):
    """A wrong image for each text, a wrong text for each image."""
    with torch.no_grad():
        same = ids[:, None] == ids[None, :]
        by_text = (similarity.T.softmax(1) + 1e-5).masked_fill(same, 0)
        by_image = (similarity.softmax(1) + 1e-5).masked_fill(same, 0)
        return torch.multinomial(by_text, 1).flatten(), torch.multinomial(by_image, 1).flatten()


# ---- losses ----------------------------------------------------------------------------------------------------------


def state_loss(own, other, last=None):
    return sum(F.mse_loss(s.float(), t.float()) for s, t in zip(own[:last], other[::2][:last]))


def map_loss(own, other):
    return sum(F.mse_loss(s.float(), t.float()) * s.shape[-1] for s, t in zip(own, other[1::2]))


def parts(student, teacher, ids):
    """The losses without their weights."""
    similarity = student["similarity"]
    same = (ids[:, None] == ids[None, :]).float()
    target = same / same.sum(1, keepdim=True)
    itc = sum(-(s.log_softmax(1) * target).sum(1).mean() for s in (similarity, similarity.T)) / 2
    n = len(ids)
    labels = torch.cat([torch.ones(n, dtype=torch.long), torch.zeros(2 * n, dtype=torch.long)])
    match, wanted = student["match"].float(), teacher["match"].float()
    losses = {"itc": itc, "itm": F.cross_entropy(match, labels)}
    losses["itm-kd"] = F.kl_div(match.log_softmax(1), wanted.softmax(1), reduction="batchmean")
    hidden_states, maps, cross = 0, 0, 0
    for part, weight, last in (("vision", 0.2, -1), ("text", 1, None), ("cross", 0.5, None), ("negatives", 0.5, None)):
        (own, own_maps, own_cross), (other, other_maps, other_cross) = student[part], teacher[part]
        hidden_states = hidden_states + weight * state_loss(own, other, last)
        both = weight if part in ("cross", "negatives") else 1
        maps = maps + both * map_loss(own_maps, other_maps)
        cross = cross + both * map_loss(own_cross, other_cross)
    return losses | {"hidden": hidden_states, "attention-map": maps, "cross-map": cross}


WEIGHTS = {"itc": 0.5, "itm": 0.5, "itm-kd": 0.5, "hidden": 0.165, "attention-map": 0.165, "cross-map": 0.165}


class EfficientVlm(nn.Module):
    def __init__(self, teacher=TEACHER, student=STUDENT, dropout=0.1):
        super().__init__()
        self.student, self.branches = xvlm_models.Xvlm(student, "retrieval"), nn.ModuleList()
        knows = xvlm_models.Xvlm(teacher, "retrieval").eval().requires_grad_(False)
        self.teacher, self.gates = [knows], [Gates(student)]  # in lists, so that they are no children
        self.dropout = dropout

    def forward(self, batch, masks=None):
        with torch.no_grad():
            self.student.temp.clamp_(0.001, 0.5)
            teacher, negatives = run(self.teacher[0], batch, None, 0.0)
        masks = self.gates[0].sample() if masks is None else masks
        student, _ = run(self.student, batch, masks, self.dropout, negatives)
        return student, teacher, batch[3]

    def loss(self, outputs, _labels):
        losses = parts(*outputs)
        return sum(WEIGHTS[k] * v for k, v in losses.items()) + self.gates[0].penalty()

    def optimizers(self, option):
        return self.gates[0].optimizers(option)

    def settle(self):
        self.gates[0].settle()


def batch_of(c, n=BATCH, tokens=TOKENS):
    side = c["image_res"]
    ids = torch.randint(1000, 30000, (n, tokens))
    return torch.randn(n, 3, side, side), ids, torch.ones(n, tokens, dtype=torch.long), torch.arange(n)


# ---- agreement -------------------------------------------------------------------------------------------------------


def gate_paths(c):
    """The place of each gate in Decant, and its row here."""
    paths = {}
    for i in range(c["vision_layers"]):
        layer = f"vision_encoder.encoder.layers.{i}."
        paths[layer + "self_attn.heads"] = "vision_heads", i
        paths[layer + "mlp.neurons"] = "vision_neurons", i
    for i in range(c["text_layers"] + c["cross_layers"]):
        layer, at = f"text_encoder.encoder.layer.{i}.", i - c["text_layers"]
        kind, place = ("text", i) if at < 0 else ("cross", 2 * at)
        paths[layer + "attention.self.heads"] = kind + "_heads", place
        if at >= 0:
            paths[layer + "crossattention.self.heads"] = kind + "_heads", place + 1
        paths[layer + "intermediate.neurons"] = kind + "_neurons", i if at < 0 else at
    return paths


def agree(folder):
    """Narrow networks of the full depth with known gates, for Decant to compute the same."""
    narrow = dict(image_res=64, vision_width=96, vision_heads=4, hidden_size=96, heads=4, intermediate_size=160)
    distiller = EfficientVlm(dict(TEACHER, **narrow), dict(STUDENT, **narrow), dropout=0.0)
    c = dict(STUDENT, **narrow)
    generator = torch.Generator().manual_seed(1)
    for name, net in (("student", distiller.student), ("teacher", distiller.teacher[0])):
        xvlm_models.randomise(net, generator)
        (folder / name).mkdir(parents=True, exist_ok=True)
        args = narrow | {"task": "retrieval", "hidden_dropout_prob": 0, "attention_probs_dropout_prob": 0}
        size = "xvlm-small" if name == "student" else "xvlm-clip"
        config = {"architecture": size, "num_classes": 0, "model_args": args}
        (folder / name / "config.json").write_text(json.dumps(config))
        save_file({k: v.contiguous().clone() for k, v in net.state_dict().items()}, folder / name / "model.safetensors")
    masks = {k: torch.rand(v.shape, requires_grad=True) for k, v in distiller.gates[0].logs.items()}
    batch = batch_of(c, 4, 12)
    with torch.no_grad():
        teacher, negatives = run(distiller.teacher[0], batch, None, 0.0)
    student, _ = run(distiller.student, batch, masks, 0.0, negatives)
    gates = {path: masks[kind][at].detach().clone() for path, (kind, at) in gate_paths(c).items()}
    save_file(gates, folder / "gates.safetensors")
    inputs = {"pixels": batch[0], "ids": batch[1], "images": negatives[0], "texts": negatives[1]}
    save_file(inputs, folder / "batch.safetensors")
    losses = {k: WEIGHTS[k] * v for k, v in parts(student, teacher, batch[3]).items()}
    sum(losses.values()).backward()

    def norm(tensors):
        return torch.sqrt(sum(p.grad.square().sum() for p in tensors if p.grad is not None)).item()

    found = {k: v.item() for k, v in losses.items()}
    found |= {"gradient": norm(distiller.student.parameters()), "gates": norm(masks.values())}
    print(json.dumps(found))

