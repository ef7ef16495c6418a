"""Writes the stored references for image decoding, resizing and augmentation, computed by Pillow 12.3.0.

Run by hand, never by the build: python reference/pil_images.py (needs pillow==12.3.0 and numpy).

Output, in library/src/test/resources: resize/ (an image and Pillow's resized versions), augment/ (Pillow's result for each operation of RandAugment as
timm 1.0 calls it) and decode/ (files in unusual formats and the result of Image.convert("RGB")).
"""

from pathlib import Path

import numpy as np
from PIL import Image, ImageEnhance, ImageOps

BILINEAR, BICUBIC = Image.Resampling.BILINEAR, Image.Resampling.BICUBIC
RESOURCES = Path(__file__).parents[1] / "library/src/test/resources"
FILL = (124, 116, 104)


def picture(width, height, seed):
    """Smooth gradients with hard edges and some noise: what kernels differ on."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width]
    waves = np.stack([127 + 120 * np.sin(x / 3.1 + k) * np.cos(y / (2.3 + k)) for k in range(3)], -1)
    waves[(x // 7 + y // 5) % 3 == 0] = [255, 0, 40]
    return Image.fromarray(np.clip(waves + rng.normal(0, 12, waves.shape), 0, 255).astype(np.uint8))


def resizes(folder):
    source = picture(37, 29, 1)
    source.save(folder / "source_37x29.png")
    for width, height in [(64, 64), (16, 16), (37, 11), (90, 29), (5, 3), (1, 1), (31, 50)]:
        for name, kernel in [("bilinear", BILINEAR), ("bicubic", BICUBIC)]:
            source.resize((width, height), kernel).save(folder / f"{name}_{width}x{height}.png")
    # A crop first, as torchvision's resized_crop does: left 5, top 4, 20 x 17.
    source.crop((5, 4, 25, 21)).resize((32, 32), BICUBIC).save(folder / "bicubic_crop_5_4_20_17_to_32x32.png")


def augmentations(folder):
    source = picture(24, 20, 2)
    dim = Image.eval(source, lambda v: 40 + v // 2)
    source.save(folder / "source.png")
    dim.save(folder / "dim.png")

    def affine(image, matrix, kernel):
        return image.transform(image.size, Image.Transform.AFFINE, matrix, resample=kernel, fillcolor=FILL)

    results = {
        "auto_contrast": ImageOps.autocontrast(dim),
        "equalize": ImageOps.equalize(picture(40, 40, 3)),
        "invert": ImageOps.invert(source),
        "posterize_3": ImageOps.posterize(source, 3),
        "solarize_100": ImageOps.solarize(source, 100),
        "solarize_add_60": source.point([min(255, i + 60) if i < 128 else i for i in range(256)] * 3),
        "color_1.7": ImageEnhance.Color(source).enhance(1.7),
        "color_0.3": ImageEnhance.Color(source).enhance(0.3),
        "contrast_1.6": ImageEnhance.Contrast(source).enhance(1.6),
        "contrast_0.4": ImageEnhance.Contrast(source).enhance(0.4),
        "brightness_1.4": ImageEnhance.Brightness(source).enhance(1.4),
        "brightness_0.5": ImageEnhance.Brightness(source).enhance(0.5),
        "sharpness_1.8": ImageEnhance.Sharpness(source).enhance(1.8),
        "sharpness_0.2": ImageEnhance.Sharpness(source).enhance(0.2),
    }
    for name, kernel in [("bilinear", BILINEAR), ("bicubic", BICUBIC)]:
        results[f"rotate_27_{name}"] = source.rotate(27, resample=kernel, fillcolor=FILL)
        results[f"shear_x_0.25_{name}"] = affine(source, (1, 0.25, 0, 0, 1, 0), kernel)
        results[f"shear_y_-0.2_{name}"] = affine(source, (1, 0, 0, -0.2, 1, 0), kernel)
        results[f"translate_x_7.3_{name}"] = affine(source, (1, 0, 7.3, 0, 1, 0), kernel)
    picture(40, 40, 3).save(folder / "equalize_source.png")
    for name, image in results.items():
        image.save(folder / f"{name}.png")


def decodings(folder):
    source = picture(24, 16, 4)
    rng = np.random.default_rng(5)
    source.convert("L").save(folder / "gray.jpg", quality=90)
    source.convert("L").save(folder / "gray.png")
    source.convert("CMYK").save(folder / "cmyk.jpg", quality=95)
    source.convert("P", palette=Image.Palette.ADAPTIVE, colors=16).save(folder / "palette.png")
    rgba = np.dstack([np.asarray(source), rng.integers(0, 256, (16, 24), dtype=np.uint8)])
    Image.fromarray(rgba).save(folder / "alpha.png")
    Image.fromarray(rgba).convert("LA").save(folder / "gray_alpha.png")
    source.convert("1").save(folder / "bits.png")
    source.save(folder / "progressive.jpg", quality=90, progressive=True)
    source.save(folder / "subsampled.jpg", quality=75, subsampling=2)
    for file in sorted(folder.glob("*.*")):
        if not file.name.endswith(".expected.png"):
            Image.open(file).convert("RGB").save(folder / f"{file.name}.expected.png")


if __name__ == "__main__":
    for part in (resizes, augmentations, decodings):
        target = RESOURCES / {"resizes": "resize", "augmentations": "augment", "decodings": "decode"}[part.__name__]
        target.mkdir(parents=True, exist_ok=True)
        part(target)
