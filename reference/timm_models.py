"""Writes the state-dict layout of every catalogue model as timm lists it.

Run by hand, never by the build:
    python3 -m venv V
    V/bin/pip install torch==2.13.0 numpy==2.4.6 transformers==5.18.0 onnxruntime==1.30.0
    V/bin/pip install safetensors==0.8.0 pillow==12.3.0
    V/bin/pip install --no-deps timm==1.0.29 huggingface_hub==1.33.0 pyyaml==6.0.3
    V/bin/python reference/timm_models.py

Output: library/src/test/resources/state-dict/<name>.txt. The first line is the number of parameters (without
buffers); each further line is `key shape dtype` in the order of `state_dict()`, the shape as 64x3x7x7 and `-`
for a scalar. The table of counts at 1000 and 100 classes goes to standard output.
"""

import pathlib

import _torchvision_stub  # noqa: F401
import timm
import torch
from timm.models.swin_transformer import SwinTransformer

RESOURCES = pathlib.Path(__file__).resolve().parent.parent / "library/src/test/resources"

TIMM_NAMES = [
    "resnet18",
    "resnet34",
    "resnet50",
    "resnet101",
    "mobilenetv1_100",
    "mobilenetv2_100",
    "convnext_tiny",
    "convnext_base",
    "vit_small_patch16_224",
    "vit_base_patch16_224",
    "deit_tiny_patch16_224",
    "swin_tiny_patch4_window7_224",
    "swin_base_patch4_window7_224",
    "mixer_b16_224",
    "resmlp_12_224",
]

# The two small Swin students of the OFA-KD paper; timm has no entry for them.
SWIN_WIDTHS = {"swin_nano": 64, "swin_pico": 48}


def build(name: str, classes: int = 1000) -> torch.nn.Module:
    if name in SWIN_WIDTHS:
        return SwinTransformer(
            img_size=224,
            patch_size=4,
            window_size=7,
            embed_dim=SWIN_WIDTHS[name],
            depths=(2, 2, 2, 2),
            num_heads=(2, 4, 8, 16),
            num_classes=classes,
        )
    return timm.create_model(name, pretrained=False, num_classes=classes)


def count(model: torch.nn.Module) -> int:
    return sum(p.numel() for p in model.parameters())


def layout(model: torch.nn.Module) -> list[str]:
    lines = [str(count(model))]
    for key, value in model.state_dict().items():
        shape = "x".join(str(n) for n in value.shape) or "-"
        lines.append(f"{key} {shape} {str(value.dtype).removeprefix('torch.')}")
    return lines


def main() -> None:
    folder = RESOURCES / "state-dict"
    folder.mkdir(parents=True, exist_ok=True)
    for name in TIMM_NAMES + list(SWIN_WIDTHS):
        model = build(name)
        (folder / f"{name}.txt").write_text("\n".join(layout(model)) + "\n")
        print(f"{name:32s} {count(model):>11,d} {count(build(name, 100)):>11,d}")


if __name__ == "__main__":
    main()
