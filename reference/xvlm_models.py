"""Writes tiny random X-VLM models and the outputs of a plain PyTorch implementation; prints the parameter counts of the published models.

Run by hand, never by the build; the header of timm_models.py says how to make the environment (transformers 5.18):
    V/bin/python reference/xvlm_models.py

Output: library/src/test/resources/xvlm/<case>.safetensors and <case>.json. The safetensors file holds the state dict and,
also `input.*` (a batch with padding) and `expected.*`. The models implement the papers' formulas in plain PyTorch, with
explicit multi-head attention. The script checks the vision encoders without regions against transformers' CLIPVisionModel
and timm's VisionTransformer, and the text layers against transformers' BertModel. Every parameter is random, so a parameter
that the Java model ignores changes the outputs. Outputs are computed in double and stored as F32.
`python reference/xvlm_models.py counts` prints the parameter counts of the full sizes.
"""

import json
import math
import pathlib
import sys

import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from torch import nn

FOLDER = pathlib.Path(__file__).resolve().parent.parent / "library/src/test/resources/xvlm"
TINY = dict(
    image_res=24,
    patch_size=8,
    vision_width=12,
    vision_layers=4,
    vision_heads=2,
    local_depth=2,
    text_layers=2,
    cross_layers=2,
    hidden_size=16,
    heads=4,
    intermediate_size=24,
    vocab_size=30,
    embed_dim=8,
    max_position_embeddings=12,
)
FULL = dict(
    image_res=224,
    patch_size=16,
    vision_width=768,
    vision_layers=12,
    vision_heads=12,
    local_depth=4,
    text_layers=6,
    cross_layers=6,
    hidden_size=768,
    heads=12,
    intermediate_size=3072,
    vocab_size=30522,
    embed_dim=256,
    max_position_embeddings=512,
)
MASKED = -10000.0


class Names(nn.Module):
    """A module with children under given names, so that state dicts have the published keys."""

    def __init__(self, **children):
        super().__init__()
        for name, child in children.items():
            self.add_module(name, child)


def heads_of(x, heads):
    n, t, c = x.shape
    return x.view(n, t, heads, c // heads).permute(0, 2, 1, 3)


def attend(q, k, v, heads, bias, maps):
    q, k, v = heads_of(q, heads), heads_of(k, heads), heads_of(v, heads)
    scores = q @ k.transpose(-1, -2) / math.sqrt(q.shape[-1])
    probabilities = (scores + bias if bias is not None else scores).softmax(-1)
    maps.append(probabilities)
    return (probabilities @ v).permute(0, 2, 1, 3).flatten(2)


def hidden_bias(mask):
    return (1.0 - mask.double())[:, None, None, :] * MASKED


class VisionLayer(nn.Module):
    def __init__(self, c):
        super().__init__()
        w = c["vision_width"]
        self.heads = c["vision_heads"]
        self.self_attn = Names(**{k + "_proj": nn.Linear(w, w) for k in ["k", "v", "q", "out"]})
        self.layer_norm1 = nn.LayerNorm(w)
        self.mlp = Names(fc1=nn.Linear(w, 4 * w), fc2=nn.Linear(4 * w, w))
        self.layer_norm2 = nn.LayerNorm(w)

    def forward(self, x, bias, maps):
        a, y = self.self_attn, self.layer_norm1(x)
        x = x + a.out_proj(attend(a.q_proj(y), a.k_proj(y), a.v_proj(y), self.heads, bias, maps))
        h = self.mlp.fc1(self.layer_norm2(x))
        return x + self.mlp.fc2(h * torch.sigmoid(1.702 * h))


class Vision(nn.Module):
    def __init__(self, c):
        super().__init__()
        w, g = c["vision_width"], c["image_res"] // c["patch_size"]
        self.local = c["vision_layers"] - c["local_depth"]
        self.class_embedding = nn.Parameter(torch.zeros(w))
        self.patch_embed = nn.Conv2d(3, w, c["patch_size"], c["patch_size"], bias=False)
        self.pos_embed = nn.Embedding(1 + g * g, w)
        self.pre_layrnorm = nn.LayerNorm(w)
        self.encoder = Names(layers=nn.ModuleList([VisionLayer(c) for _ in range(c["vision_layers"])]))
        self.post_layernorm = nn.LayerNorm(w)

    def forward(self, pixels, seen, image_of=None, patches=None):
        x = self.patch_embed(pixels).flatten(2).transpose(1, 2)
        x = torch.cat([self.class_embedding.expand(len(x), 1, -1), x], 1) + self.pos_embed.weight
        x = self.pre_layrnorm(x)
        seen["vision.states"], seen["vision.maps"] = [x], []
        bias = None
        for i, layer in enumerate(self.encoder.layers):
            if patches is not None and i == self.local:
                bias = hidden_bias(torch.cat([patches, torch.ones(len(x), patches.shape[1])]))
                x = torch.cat([x[image_of], x])
            x = layer(x, bias, seen["vision.maps"])
            seen["vision.states"].append(x)
        x = self.post_layernorm(x)
        return x if patches is None else (x[: len(image_of)], x[len(image_of) :])


class DeitBlock(nn.Module):
    def __init__(self, c):
        super().__init__()
        w = c["vision_width"]
        self.heads = c["vision_heads"]
        self.norm1 = nn.LayerNorm(w, 1e-6)
        self.attn = Names(qkv=nn.Linear(w, 3 * w), proj=nn.Linear(w, w))
        self.norm2 = nn.LayerNorm(w, 1e-6)
        self.mlp = Names(fc1=nn.Linear(w, 4 * w), fc2=nn.Linear(4 * w, w))

    def forward(self, x, bias, maps):
        x = x + self.attn.proj(attend(*self.attn.qkv(self.norm1(x)).chunk(3, -1), self.heads, bias, maps))
        return x + self.mlp.fc2(F.gelu(self.mlp.fc1(self.norm2(x))))


class Deit(nn.Module):
    def __init__(self, c):
        super().__init__()
        w, g = c["vision_width"], c["image_res"] // c["patch_size"]
        self.local = c["vision_layers"] - c["local_depth"]
        self.cls_token = nn.Parameter(torch.zeros(1, 1, w))
        self.pos_embed = nn.Parameter(torch.zeros(1, 1 + g * g, w))
        self.patch_embed = Names(proj=nn.Conv2d(3, w, c["patch_size"], c["patch_size"]))
        self.blocks = nn.ModuleList([DeitBlock(c) for _ in range(c["vision_layers"])])
        self.norm = nn.LayerNorm(w, 1e-6)

    def forward(self, pixels, seen, image_of=None, patches=None):
        x = self.patch_embed.proj(pixels).flatten(2).transpose(1, 2)
        x = torch.cat([self.cls_token.expand(len(x), -1, -1), x], 1) + self.pos_embed
        seen["vision.states"], seen["vision.maps"] = [x], []
        bias = None
        for i, layer in enumerate(self.blocks):
            if patches is not None and i == self.local:
                bias = hidden_bias(torch.cat([patches, torch.ones(len(x), patches.shape[1])]))
                x = torch.cat([x[image_of], x])
            x = layer(x, bias, seen["vision.maps"])
            seen["vision.states"].append(x)
        x = self.norm(x)
        return x if patches is None else (x[: len(image_of)], x[len(image_of) :])


class BertAttention(nn.Module):
    def __init__(self, c, other):
        super().__init__()
        w = c["hidden_size"]
        self.heads = c["heads"]
        self.add_module("self", Names(query=nn.Linear(w, w), key=nn.Linear(other, w), value=nn.Linear(other, w)))
        self.output = Names(dense=nn.Linear(w, w), LayerNorm=nn.LayerNorm(w, 1e-12))

    def forward(self, x, other, bias, maps):
        p = getattr(self, "self")
        y = attend(p.query(x), p.key(other), p.value(other), self.heads, bias, maps)
        return self.output.LayerNorm(self.output.dense(y) + x)


class BertLayer(nn.Module):
    def __init__(self, c, other):
        super().__init__()
        w, h = c["hidden_size"], c["intermediate_size"]
        self.attention = BertAttention(c, w)
        if other:
            self.crossattention = BertAttention(c, other)
        self.intermediate = Names(dense=nn.Linear(w, h))
        self.output = Names(dense=nn.Linear(h, w), LayerNorm=nn.LayerNorm(w, 1e-12))

    def forward(self, x, bias, image, image_bias, maps, cross_maps):
        x = self.attention(x, x, bias, maps)
        if hasattr(self, "crossattention"):
            x = self.crossattention(x, image, image_bias, cross_maps)
        y = self.output.dense(F.gelu(self.intermediate.dense(x)))
        return self.output.LayerNorm(y + x)


class Bert(nn.Module):
    def __init__(self, c, depth, first_cross, other):
        super().__init__()
        w = c["hidden_size"]
        self.first_cross = first_cross
        self.embeddings = Names(
            word_embeddings=nn.Embedding(c["vocab_size"], w),
            position_embeddings=nn.Embedding(c["max_position_embeddings"], w),
            token_type_embeddings=nn.Embedding(2, w),
            LayerNorm=nn.LayerNorm(w, 1e-12),
        )
        layers = [BertLayer(c, other if i >= first_cross else 0) for i in range(depth)]
        self.encoder = Names(layer=nn.ModuleList(layers))

    def embed(self, ids):
        e = self.embeddings
        x = e.word_embeddings(ids) + e.position_embeddings.weight[: ids.shape[1]] + e.token_type_embeddings.weight[0]
        return e.LayerNorm(x)

    def run(self, x, bias, part, seen, first=0, last=None, images=()):
        states, maps, cross = [x], [], []
        for i in range(first, len(self.encoder.layer) if last is None else last):
            image = images[(i - self.first_cross) % len(images)] if i >= self.first_cross else (None, None)
            x = self.encoder.layer[i](x, bias, *image, maps, cross)
            states.append(x)
        seen[part + ".states"], seen[part + ".maps"], seen[part + ".cross_maps"] = states, maps, cross
        return x


class Words(nn.Module):
    def __init__(self, c):
        super().__init__()
        w = c["hidden_size"]
        self.bias = nn.Parameter(torch.zeros(c["vocab_size"]))
        self.transform = Names(dense=nn.Linear(w, w), LayerNorm=nn.LayerNorm(w, 1e-12))

    def forward(self, x, table):
        return self.transform.LayerNorm(F.gelu(self.transform.dense(x))) @ table.T + self.bias


def head(width, out):
    return nn.Sequential(nn.Linear(width, 2 * width), nn.LayerNorm(2 * width), nn.GELU(), nn.Linear(2 * width, out))


class Xvlm(nn.Module):
    def __init__(self, c, task):
        super().__init__()
        w, v, f, m = c["hidden_size"], c["vision_width"], c["text_layers"], c["cross_layers"]
        self.f, self.task = f, task
        self.vision_encoder = {"clip": Vision, "deit": Deit}[c.get("vision_encoder", "clip")](c)
        bert = Bert(c, f + m * (2 if task in ("assign", "nlvr") else 1), f, v)
        if task == "pretrain":
            self.text_encoder = Names(bert=bert, cls=Names(predictions=Words(c)))
        elif task == "caption":
            self.text_decoder = Names(bert=bert, cls=Names(predictions=Words(c)))
        else:
            self.text_encoder = bert
        if task == "vqa":
            self.text_decoder = Names(bert=Bert(c, m, 0, w), cls=Names(predictions=Words(c)))
        if task in ("pretrain", "retrieval"):
            self.vision_proj, self.text_proj = nn.Linear(v, c["embed_dim"]), nn.Linear(w, c["embed_dim"])
            self.temp = nn.Parameter(torch.tensor(0.07))
            self.itm_head = head(w, 2)
        if task in ("pretrain", "grounding"):
            self.bbox_head = head(w, 4)
        if task == "assign":
            self.vision_proj, self.ta_head = nn.Linear(v, c["embed_dim"]), nn.Linear(w, 3)
        if task == "nlvr":
            self.cls_head = head(w, 2)
        if task in ("assign", "nlvr"):
            for i in range(m):  # two copies of a layer, one pair of maps for key and value
                a = getattr(bert.encoder.layer[f + 2 * i].crossattention, "self")
                b = getattr(bert.encoder.layer[f + 2 * i + 1].crossattention, "self")
                b.key, b.value = a.key, a.value

    def bert(self):
        return {"pretrain": lambda: self.text_encoder.bert, "caption": lambda: self.text_decoder.bert}.get(
            self.task, lambda: self.text_encoder
        )()

    def aligned(self, b, seen):
        bert, mask, of = self.bert(), b["mask"], b["image_of"]
        if "patches" in b:
            image, whole = self.vision_encoder(b["pixels"], seen, of, b["patches"])
            whole, image_bias = whole[of], hidden_bias(b["patches"])
        else:
            image = whole = self.vision_encoder(b["pixels"], seen)[of]
            image_bias = None
        text = bert.run(bert.embed(b["ids"]), hidden_bias(mask), "text", seen, last=self.f)
        cos = F.normalize(self.vision_proj(image[:, 0]), dim=-1) @ F.normalize(self.text_proj(text[:, 0]), dim=-1).T
        seen["similarity"] = cos / self.temp
        own = bert.run(text, hidden_bias(mask), "cross", seen, self.f, images=[(image, image_bias)])
        i, t = b["wrong_images"], b["wrong_texts"]
        both, masks, shown = torch.cat([text, text[t]]), torch.cat([mask, mask[t]]), torch.cat([image[i], image])
        shown_bias = None if image_bias is None else torch.cat([image_bias[i], image_bias])
        wrong = bert.run(both, hidden_bias(masks), "negatives", seen, self.f, images=[(shown, shown_bias)])
        seen["match"] = self.itm_head(torch.cat([own[:, 0], wrong[:, 0]]))
        if self.task == "pretrain":
            x = bert.embed(b["masked_ids"])
            x = bert.run(x, hidden_bias(mask), "masked", seen, images=[(image, image_bias)])
            x = x.gather(1, b["positions"][:, :, None].expand(-1, -1, x.shape[2])).flatten(0, 1)
            seen["words"] = self.text_encoder.cls.predictions(x, bert.embeddings.word_embeddings.weight)
        if "patches" in b:
            x = bert.run(text, hidden_bias(mask), "box", {}, self.f, images=[(whole, None)])
            seen["boxes"] = self.bbox_head(x[:, 0]).sigmoid()

    def nlvr(self, b, seen):
        bert, mask = self.bert(), b["mask"]
        first, second = self.vision_encoder(b["pixels"], seen).chunk(2)
        text = bert.run(bert.embed(b["ids"]), hidden_bias(mask), "text", seen, last=self.f)
        x = bert.run(text, hidden_bias(mask), "cross", seen, self.f, images=[(first, None), (second, None)])
        seen["logits"] = self.cls_head(x[:, 0])

    def assign(self, b, seen):
        bert, mask = self.bert(), b["mask"]
        image = self.vision_encoder(b["pixels"], seen)[b["image_of"]]
        text = bert.run(bert.embed(b["ids"]), hidden_bias(mask), "text", seen, last=self.f)
        images = [(image[b["first"]], None), (image[b["second"]], None)]
        x = bert.run(text, hidden_bias(mask), "cross", seen, self.f, images=images)
        seen["logits"] = self.ta_head(x[:, 0])

    def vqa(self, b, seen):
        bert, mask, writer = self.bert(), b["mask"], self.text_decoder
        image = self.vision_encoder(b["pixels"], seen)[b["image_of"]]
        text = bert.run(bert.embed(b["ids"]), hidden_bias(mask), "text", seen, last=self.f)
        states = bert.run(text, hidden_bias(mask), "cross", seen, self.f, images=[(image, None)])
        of = b["question_of"]
        x = writer.bert.run(
            writer.bert.embed(b["answer_ids"]),
            causal(b["answer_mask"]),
            "decoder",
            seen,
            images=[(states[of], hidden_bias(mask[of]))],
        )
        seen["words"] = writer.cls.predictions(x, writer.bert.embeddings.word_embeddings.weight).flatten(0, 1)

    def caption(self, b, seen):
        bert = self.bert()
        image = self.vision_encoder(b["pixels"], seen)[b["question_of"]]
        bias = causal(b["answer_mask"])
        text = bert.run(bert.embed(b["answer_ids"]), bias, "text", seen, last=self.f)
        x = bert.run(text, bias, "cross", seen, self.f, images=[(image, None)])
        seen["words"] = self.text_decoder.cls.predictions(x, bert.embeddings.word_embeddings.weight).flatten(0, 1)

    def grounding(self, b, seen):
        bert, mask = self.bert(), b["mask"]
        image = self.vision_encoder(b["pixels"], seen)[b["image_of"]]
        text = bert.run(bert.embed(b["ids"]), hidden_bias(mask), "text", seen, last=self.f)
        x = bert.run(text, hidden_bias(mask), "cross", seen, self.f, images=[(image, None)])
        seen["boxes"] = self.bbox_head(x[:, 0]).sigmoid()


def causal(mask):
    t = mask.shape[1]
    visible = torch.tril(torch.ones(t, t))[None] * mask[:, None, :]
    return (1.0 - visible.double())[:, None] * MASKED


def randomise(net, generator):
    with torch.no_grad():
        for name, p in net.named_parameters():
            noise = torch.randn(p.shape, generator=generator)
            norm = name.endswith("weight") and p.dim() == 1
            scale = 0.3 if p.dim() < 2 else min(0.4, 1.5 / math.sqrt(p[0].numel()))
            p.copy_(1 + 0.2 * noise if norm else scale * noise)
        if hasattr(net, "temp"):
            net.temp.fill_(0.2)


def batch(task, regions, generator):
    c = TINY
    n, s = 3, 7
    images = n * 2 if task == "nlvr" else n - 1 if regions else n
    mask = torch.ones(n, s, dtype=torch.long)
    mask[1, 4:] = 0
    mask[2, 6:] = 0

    def words(m):
        return torch.randint(3, c["vocab_size"], m.shape, generator=generator) * m

    b = dict(pixels=torch.randn(images, 3, 24, 24, generator=generator).double(), ids=words(mask), mask=mask)
    b["image_of"] = torch.tensor([1, 0, 1]) if regions else torch.arange(n)
    if regions:
        b["patches"] = (torch.rand(n, 10, generator=generator) < 0.4).long()
        b["patches"][:, :2] = 1
        b["patches"][2] = 1
        b["whole"] = torch.tensor([0, 0, 1])
    if task in ("pretrain", "retrieval"):
        b["wrong_images"], b["wrong_texts"] = torch.tensor([1, 2, 0]), torch.tensor([2, 0, 1])
    if task == "assign":
        b["first"], b["second"] = torch.tensor([0, 2, 1]), torch.tensor([1, 1, 0])
    if task == "pretrain":
        b["masked_ids"] = words(mask)
        b["positions"] = torch.tensor([[1, 3, 6, 0, 0, 0, 0, 0], [2, 0, 0, 0, 0, 0, 0, 0], [5, 4, 3, 2, 1, 0, 0, 0]])
        b["masked_labels"] = b["ids"].gather(1, b["positions"]).masked_fill(b["positions"] == 0, -100)
    if task in ("vqa", "caption"):
        b["answer_mask"] = torch.tensor([[1, 1, 1, 0], [1, 1, 1, 1], [1, 1, 0, 0], [1, 1, 1, 0]])
        b["answer_ids"] = words(b["answer_mask"])
        b["question_of"] = torch.tensor([0, 0, 1, 2])
    return b


def check_clip(net):
    """The image encoder is CLIP's."""
    from transformers import CLIPVisionConfig, CLIPVisionModel

    c = TINY
    theirs = CLIPVisionModel(
        CLIPVisionConfig(
            hidden_size=c["vision_width"],
            intermediate_size=4 * c["vision_width"],
            num_hidden_layers=c["vision_layers"],
            num_attention_heads=c["vision_heads"],
            image_size=c["image_res"],
            patch_size=c["patch_size"],
            hidden_act="quick_gelu",
        )
    ).double()
    state = {}
    for k, v in net.vision_encoder.state_dict().items():
        k = k.replace("patch_embed.", "embeddings.patch_embedding.").replace("pos_embed.", "embeddings.position_embedding.")
        state[k.replace("class_embedding", "embeddings.class_embedding")] = v
    inner = theirs.vision_model if hasattr(theirs, "vision_model") else theirs
    inner.load_state_dict(state)
    pixels, seen = torch.randn(2, 3, 24, 24, dtype=torch.double), {}
    out = net.vision_encoder(pixels, seen)
    expected = inner(pixel_values=pixels, output_hidden_states=True)
    assert torch.allclose(seen["vision.states"][-1], expected.last_hidden_state, atol=1e-9)
    assert torch.allclose(out[:, 0], expected.pooler_output, atol=1e-9)


def check_deit(net):
    """The image encoder is timm's."""
    import _torchvision_stub  # noqa: F401
    from timm.models.vision_transformer import VisionTransformer

    c = TINY
    theirs = VisionTransformer(
        img_size=c["image_res"],
        patch_size=c["patch_size"],
        embed_dim=c["vision_width"],
        depth=c["vision_layers"],
        num_heads=c["vision_heads"],
        num_classes=0,
    )
    theirs = theirs.double().eval()
    theirs.load_state_dict(net.vision_encoder.state_dict())
    pixels = torch.randn(2, 3, 24, 24, dtype=torch.double)
    assert torch.allclose(net.vision_encoder(pixels, {}), theirs.forward_features(pixels), atol=1e-9)


def check_bert(net):
    """The text layers are BERT's."""
    from transformers import BertConfig, BertModel

    c, bert = TINY, net.bert()
    theirs = BertModel(
        BertConfig(
            vocab_size=c["vocab_size"],
            hidden_size=c["hidden_size"],
            num_hidden_layers=c["text_layers"],
            num_attention_heads=c["heads"],
            intermediate_size=c["intermediate_size"],
            max_position_embeddings=c["max_position_embeddings"],
        ),
        add_pooling_layer=False,
    )
    theirs = theirs.double().eval()
    theirs.load_state_dict({k: v for k, v in bert.state_dict().items() if k in theirs.state_dict()})
    ids = torch.randint(3, c["vocab_size"], (2, 5))
    own = bert.run(bert.embed(ids), None, "text", {}, last=c["text_layers"])
    assert torch.allclose(own, theirs(ids).last_hidden_state, atol=1e-9)


def case(name, task, regions=False, **config):
    generator = torch.Generator().manual_seed(11)
    net = Xvlm(dict(TINY, **config), task).eval()
    randomise(net, generator)
    net = net.double()
    check_deit(net) if config else check_clip(net)
    check_bert(net)
    b, seen = batch(task, regions, generator), {}
    with torch.no_grad():
        {"pretrain": net.aligned, "retrieval": net.aligned}.get(task, getattr(net, task, None))(b, seen)
    tensors = {k: v.float().contiguous().clone() for k, v in net.state_dict().items()}
    for k, v in b.items():
        tensors["input." + k] = v.float() if v.is_floating_point() else v
    for k, v in seen.items():
        parts = {f"{k}.{i}": x for i, x in enumerate(v)} if isinstance(v, list) else {k: v}
        tensors |= {"expected." + p: x.float().contiguous() for p, x in parts.items()}
    FOLDER.mkdir(parents=True, exist_ok=True)
    save_file(tensors, FOLDER / f"{name}.safetensors")
    facts = {"config": dict(TINY, task=task, **config), "parameters": sum(p.numel() for p in net.parameters())}
    (FOLDER / f"{name}.json").write_text(json.dumps(facts, indent=1) + "\n")


def counts():
    small = dict(FULL, vision_layers=6, local_depth=2, text_layers=3, cross_layers=3)
    with torch.device("meta"):
        for size, c in (("clip", FULL), ("small", small), ("deit", dict(FULL, vision_encoder="deit"))):
            for task in ("pretrain", "retrieval", "assign", "nlvr", "vqa", "caption", "grounding"):
                for res in (224, 384):
                    n = sum(p.numel() for p in Xvlm(dict(c, image_res=res), task).parameters())
                    print(f"{size} {task} {res} {n}")


if __name__ == "__main__":
    if sys.argv[1:] == ["counts"]:
        counts()
    else:
        case("pretrain", "pretrain")
        case("regions", "pretrain", regions=True)
        case("deit", "pretrain", regions=True, vision_encoder="deit")
        case("assign", "assign")
        case("nlvr", "nlvr")
        case("vqa", "vqa")
        case("caption", "caption")
        case("grounding", "grounding")
