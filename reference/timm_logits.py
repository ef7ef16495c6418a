"""Writes small random models of every family and the outputs that timm computes with them.

Run by hand, never by the build; the header of timm_models.py says how to make the environment:
    V/bin/python reference/timm_logits.py

Output: library/src/test/resources/logits/<case>.safetensors and <case>.json. The safetensors file holds the state dict
under timm's names, and also `input` (N,3,H,W), `logits`, `penultimate` and the features: `feature.1` up to
`feature.4` for models with stages (NCHW, or N,L,D for Swin), `block.0`, `block.1` ... for models of equal blocks (N,L,D,
with the class token). One case adds `train.logits`, computed in training mode with batch statistics, and the running averages
after that pass. Every parameter and every buffer is random, so a tensor that the Java model ignores changes the outputs.
Outputs are computed in double from the F32 weights and stored as F32.
"""

import functools
import json
import math
import pathlib

import _torchvision_stub  # noqa: F401
import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from timm.models import efficientnet, resnet
from timm.models.convnext import ConvNeXt
from timm.models.mlp_mixer import Affine, MlpMixer, ResBlock
from timm.models.swin_transformer import SwinTransformer
from timm.models.vision_transformer import VisionTransformer
from torch import nn

from cifar_resnet import CifarResNet

FOLDER = pathlib.Path(__file__).resolve().parent.parent / "library/src/test/resources/logits"
CLASSES = 10


# ---- networks ------------------------------------------------------------------------------------------------------


def narrow_resnet(bottleneck: bool, layers, widths) -> nn.Module:
    """timm's ResNet with a stem as wide as the first stage, as every full-size one has it (64 and 64)."""
    block = resnet.Bottleneck if bottleneck else resnet.BasicBlock
    net = resnet.ResNet(block=block, layers=layers, channels=widths, num_classes=CLASSES)
    stem = widths[0]
    net.conv1 = nn.Conv2d(3, stem, 7, stride=2, padding=3, bias=False)
    net.bn1 = nn.BatchNorm2d(stem)
    shortcut = resnet.downsample_conv(stem, stem * block.expansion, 1) if bottleneck else None
    net.layer1[0] = block(stem, stem, downsample=shortcut)
    return net


# ---- random weights ------------------------------------------------------------------------------------------------


def randomise(net: nn.Module, generator: torch.Generator) -> None:
    def normal(shape):
        return torch.randn(shape, generator=generator)

    for key, value in net.state_dict().items():
        leaf = key.rpartition(".")[2]
        if leaf == "num_batches_tracked":
            value.fill_(int(torch.randint(1, 100, (), generator=generator)))
        elif leaf == "running_var":
            value.copy_(0.5 + torch.rand(value.shape, generator=generator))
        elif leaf in ("gamma", "ls1", "ls2"):
            value.copy_(0.5 + 0.2 * normal(value.shape))
        elif leaf == "alpha" or (leaf == "weight" and value.ndim == 1):
            value.copy_(1 + 0.2 * normal(value.shape))
        elif leaf == "weight" and value.ndim > 1:
            value.copy_(normal(value.shape) * math.sqrt(1.5 / value[0].numel()))
        else:  # biases, running means, beta, tokens, position tables
            value.copy_(0.3 * normal(value.shape))


# ---- features ------------------------------------------------------------------------------------------------------


def tokens(x: torch.Tensor) -> torch.Tensor:
    return x.flatten(1, 2) if x.ndim == 4 else x


def identity(x: torch.Tensor) -> torch.Tensor:
    return x


def before_activation(norm: nn.Module, x: torch.Tensor) -> torch.Tensor:
    return F.batch_norm(x, norm.running_mean, norm.running_var, norm.weight, norm.bias, False, 0.0, norm.eps)


def staged(net, modules, change=identity):
    return {f"feature.{i}": (module, change) for i, module in enumerate(modules, start=1)}


def blocks(net):
    return {f"block.{i}": (block, identity) for i, block in enumerate(net.blocks)}


def taps(net: nn.Module) -> dict:
    """The module whose output is each feature, and what is done to that output."""
    if isinstance(net, resnet.ResNet):
        return staged(net, (net.layer1, net.layer2, net.layer3, net.layer4))
    if isinstance(net, CifarResNet):
        return staged(net, (net.layer1, net.layer2, net.layer3))
    if isinstance(net, ConvNeXt):
        return staged(net, net.stages)
    if isinstance(net, SwinTransformer):
        return staged(net, net.layers, tokens)
    if isinstance(net, (VisionTransformer, MlpMixer)):
        return blocks(net)
    if isinstance(net.conv_head, nn.Identity):  # MobileNetV1: before the last activation of blocks 3, 5, 11 and 13
        last = [net.blocks[stage][-1] for stage in (1, 2, 3, 4)]
        return {
            f"feature.{i}": (block.conv_pw, functools.partial(before_activation, block.bn2))
            for i, block in enumerate(last, start=1)
        }
    return staged(net, (net.blocks[1], net.blocks[2], net.blocks[4], net.bn2))  # MobileNetV2: 2, 5, 12 and the head


def observe(net: nn.Module, x: torch.Tensor) -> dict[str, torch.Tensor]:
    found: dict[str, torch.Tensor] = {}
    hooks = []
    for name, (module, change) in taps(net).items():

        def keep(_module, _inputs, output, name=name, change=change):
            found[name] = change(output.clone())

        hooks.append(module.register_forward_hook(keep))
    with torch.no_grad():
        final = net.forward_features(x)
        found["penultimate"] = net.forward_head(final, pre_logits=True)
        found["logits"] = net.forward_head(final)
    for hook in hooks:
        hook.remove()
    return found


# ---- cases ---------------------------------------------------------------------------------------------------------

CASES = {
    "resnet_basic": ("resnet", dict(bottleneck=False, layers=[1, 2, 1, 1], widths=[16, 24, 32, 40]), 64),
    "resnet_bottleneck": ("resnet", dict(bottleneck=True, layers=[2, 1, 1, 1], widths=[8, 8, 16, 24]), 40),
    "mobilenetv1": ("mobilenetv1", dict(channel_multiplier=0.125), 48),
    "mobilenetv2": ("mobilenetv2", dict(channel_multiplier=0.1), 48),
    "convnext": ("convnext", dict(depths=[1, 1, 2, 1], dims=[8, 16, 24, 32], patch_size=4), 64),
    "vit": ("vit", dict(img_size=32, patch_size=8, embed_dim=32, depth=3, num_heads=4), 32),
    "deit": ("vit", dict(img_size=32, patch_size=4, embed_dim=24, depth=2, num_heads=3), 32),
    "swin_window4": (
        "swin",
        dict(img_size=32, patch_size=2, embed_dim=4, depths=[2, 2, 2, 1], num_heads=[1, 2, 4, 8], window_size=4),
        32,
    ),
    "swin_window7": (
        "swin",
        dict(img_size=56, patch_size=1, embed_dim=4, depths=[2, 2, 2, 2], num_heads=[1, 2, 2, 4], window_size=7),
        56,
    ),
    "swin_padded": (
        "swin",
        dict(img_size=64, patch_size=4, embed_dim=4, depths=[2, 2, 1, 1], num_heads=[1, 2, 2, 4], window_size=7),
        64,
    ),
    "mixer": ("mixer", dict(img_size=32, patch_size=8, embed_dim=32, num_blocks=2), 32),
    "resmlp": ("resmlp", dict(img_size=32, patch_size=8, embed_dim=32, num_blocks=2), 32),
    "resnet_cifar": ("resnet_cifar", dict(blocks=1), 16),
}

BUILDERS = {
    "resnet": narrow_resnet,
    "mobilenetv1": functools.partial(efficientnet._gen_mobilenet_v1, "mobilenetv1_100", num_classes=CLASSES),
    "mobilenetv2": functools.partial(efficientnet._gen_mobilenet_v2, "mobilenetv2_100", num_classes=CLASSES),
    "convnext": functools.partial(ConvNeXt, num_classes=CLASSES),
    "vit": functools.partial(VisionTransformer, num_classes=CLASSES),
    "swin": functools.partial(SwinTransformer, num_classes=CLASSES),
    "mixer": functools.partial(MlpMixer, num_classes=CLASSES),
    "resmlp": functools.partial(
        MlpMixer, num_classes=CLASSES, mlp_ratio=4, block_layer=ResBlock, norm_layer=Affine
    ),
    "resnet_cifar": CifarResNet,
}


def train_outputs(net: nn.Module, x: torch.Tensor) -> dict[str, torch.Tensor]:
    """Logits with the statistics of the batch, and what that forward pass leaves in the first running averages."""
    net.train()
    with torch.no_grad():
        logits = net(x)
    net.eval()
    return {
        "train.logits": logits,
        "train.bn1.running_mean": net.bn1.running_mean,
        "train.bn1.running_var": net.bn1.running_var,
    }


def write(name: str, seed: int) -> None:
    family, kwargs, size = CASES[name]
    net = BUILDERS[family](**kwargs).eval()
    generator = torch.Generator().manual_seed(seed)
    randomise(net, generator)
    weights = {key: value.clone() for key, value in net.state_dict().items()}
    x = torch.randn((2, 3, size, size), generator=generator)

    net.double()
    outputs = observe(net, x.double())
    off = (net.float()(x).double() - outputs["logits"]).abs().max().item()
    net.double()
    if name == "resnet_basic":
        outputs |= train_outputs(net, x.double())
    clash = weights.keys() & (outputs.keys() | {"input"})
    assert not clash, clash
    stored = {key: value.float().contiguous() for key, value in outputs.items()}
    save_file(weights | {"input": x} | stored, FOLDER / f"{name}.safetensors")

    facts = {
        "family": family,
        "classes": CLASSES,
        "image": size,
        "parameters": sum(p.numel() for p in net.parameters()),
        "kwargs": kwargs,
        "outputs": {key: list(value.shape) for key, value in stored.items()},
    }
    lines = ",\n".join(f"  {json.dumps(key)}: {json.dumps(value)}" for key, value in facts.items())
    (FOLDER / f"{name}.json").write_text("{\n" + lines + "\n}\n")
    spread = outputs["logits"].std().item()
    size_kb = (FOLDER / f"{name}.safetensors").stat().st_size / 1024
    print(f"{name:18s} {facts['parameters']:>8,d} parameters {size_kb:6.0f} KB, spread {spread:.2f}, F32 off {off:.1e}")


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    for seed, name in enumerate(CASES, start=1):
        write(name, seed)


if __name__ == "__main__":
    main()
