"""Measures one distillation training step, written as a user of PyTorch and timm would write it.

The header of reference/timm_models.py describes the environment. Run by hand or by benchmark/run:
    V/bin/python benchmark/python/step.py --work a --precision fp32 --steps 10

Workloads, each on one fixed batch of random inputs:
  a  OFA, ResNet-18 from ViT-S/16, 224 pixels, batch 16, 100 classes, four exit branches, SGD with Nesterov momentum
  b  OFA, DeiT-T from ConvNeXt-T, the same sizes, four exit branches, AdamW
  c  KD, CIFAR ResNet-20 from ResNet-56, 32 pixels, batch 128, 10 classes, SGD with Nesterov momentum
  d  KD-QAT, a ternary BERT-base from BERT-base, 16 texts of 128 tokens: losses on logits, hidden states, attention maps and
     attention outputs of all layers, AdamW (kdqat.py)
  e  EfficientVLM, X-VLM of 6/3/3 layers from one of 12/6/6 for retrieval, 224 pixels, batch 8, 40 tokens: contrastive and
     matching losses, logits, hidden states and attention of the mapped layers, gates over heads and neurons, AdamW (efficientvlm.py)
A step consists of the teacher without gradients, the student, the loss, the backward pass, the optimizer, and reading the loss.

With --agree FOLDER it writes the models of workload d or e, without dropout, and a batch into the folder, prints the losses of
one step as JSON and exits. Decant's side reads the same folder.

With --serve it warms up and writes a line of JSON with "ready". It then answers each line "step" with the milliseconds of one
step and each line "peak" with the peak resident memory in MiB, until the input ends.
"""

import argparse
import json
import math
import pathlib
import resource
import statistics
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "reference"))
import _torchvision_stub  # noqa: E402, F401
import timm  # noqa: E402
import torch  # noqa: E402
import torch.nn.functional as F  # noqa: E402
from timm.models.vision_transformer import Block  # noqa: E402
from torch import nn  # noqa: E402

from cifar_resnet import CifarResNet  # noqa: E402

# ---- exit branches ---------------------------------------------------------------------------------------------------


def separable(width_in: int, width: int) -> nn.Sequential:
    """Two depthwise-separable convolutions, the first of which halves height and width."""
    return nn.Sequential(
        nn.Conv2d(width_in, width_in, 3, 2, 1, groups=width_in, bias=False),
        nn.Conv2d(width_in, width_in, 1, bias=False),
        nn.BatchNorm2d(width_in),
        nn.ReLU(inplace=True),
        nn.Conv2d(width_in, width_in, 3, 1, 1, groups=width_in, bias=False),
        nn.Conv2d(width_in, width, 1, bias=False),
        nn.BatchNorm2d(width),
        nn.ReLU(inplace=True),
    )


def map_branch(stage: int, width: int, width_out: int, classes: int) -> nn.Sequential:
    if stage == 4:
        trunk = [nn.Conv2d(width, width_out, 1)]
    else:
        widths = [width * 2**i for i in range(4 - stage)] + [width_out]
        trunk = [separable(a, b) for a, b in zip(widths, widths[1:])]
    return nn.Sequential(*trunk, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(width_out, classes))


class MergePatches(nn.Module):
    def __init__(self, width: int, width_out: int, activation: nn.Module):
        super().__init__()
        self.norm = nn.LayerNorm(4 * width)
        self.reduction = nn.Linear(4 * width, width_out, bias=False)
        self.activation = activation

    def forward(self, x):
        n, length, width = x.shape
        g = math.isqrt(length)
        x = x.view(n, g // 2, 2, g // 2, 2, width).permute(0, 1, 3, 4, 2, 5).reshape(n, length // 4, 4 * width)
        return self.activation(self.reduction(self.norm(x)))


class TokenBranch(nn.Module):
    """Merges patches to a 7 x 7 grid, the class token kept apart, then attention blocks and a linear head."""

    def __init__(self, stage: int, tokens: int, width: int, width_out: int, prefix: int, classes: int):
        super().__init__()
        merges = max((math.isqrt(tokens - prefix) // 7).bit_length() - 1, 0)
        steps = []
        for i in range(merges):
            gelu = i == 0 or i < merges - 1
            steps.append(MergePatches(width if i == 0 else width_out, width_out, nn.GELU() if gelu else nn.Identity()))
        self.prefix = prefix
        self.merge = nn.Sequential(*steps)
        self.blocks = nn.Sequential(
            *[Block(width_out, num_heads=4, norm_layer=nn.LayerNorm) for _ in range(max(4 - stage, 1))]
        )
        self.head = nn.Linear(width_out, classes)

    def forward(self, x):
        x = torch.cat((x[:, : self.prefix], self.merge(x[:, self.prefix :])), 1)
        x = self.blocks(x)
        return self.head(x[:, 0] if self.prefix else x.mean(1))


def initialise(branches: nn.Module) -> None:
    for module in branches.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
        elif isinstance(module, nn.Linear):
            nn.init.trunc_normal_(module.weight, std=0.02)
            if module.bias is not None:
                nn.init.zeros_(module.bias)


# ---- losses ----------------------------------------------------------------------------------------------------------


def ofa_loss(student, teacher, mark, eps: float):
    weight = (teacher.softmax(1) + mark).pow(eps) - mark
    return -(weight * student.log_softmax(1)).sum(1).mean()


def kd_loss(student, teacher, temperature: float):
    log_q = (student / temperature).log_softmax(1)
    p = (teacher / temperature).softmax(1)
    return F.kl_div(log_q, p, reduction="batchmean") * temperature**2


# ---- works -----------------------------------------------------------------------------------------------------------


class OfaDistiller(nn.Module):
    """Student with exit branches at its stages, and a teacher that never trains."""

    eps = 1.0

    def __init__(self, student, teacher, stages, branches):
        super().__init__()
        self.student, self.branches = student, branches
        self.teacher = [teacher.eval().requires_grad_(False)]  # in a list, so that it is no child
        self.features = [None] * len(stages)
        for i, stage in enumerate(stages):
            stage.register_forward_hook(self.keeper(i))

    def keeper(self, i):
        def keep(_module, _inputs, output):
            self.features[i] = output

        return keep

    def forward(self, x):
        with torch.no_grad():
            teacher = self.teacher[0](x)
        return self.student(x), [branch(f) for branch, f in zip(self.branches, self.features)], teacher

    def loss(self, outputs, labels):
        logits, exits, teacher = outputs
        teacher = teacher.float()
        mark = F.one_hot(labels, teacher.shape[1]).float()
        loss = F.cross_entropy(logits.float(), labels)
        for z in (logits, *exits):
            loss = loss + ofa_loss(z.float(), teacher, mark, self.eps)
        return loss


class KdDistiller(nn.Module):
    temperature = 4.0

    def __init__(self, student, teacher):
        super().__init__()
        self.student, self.branches = student, nn.ModuleList()
        self.teacher = [teacher.eval().requires_grad_(False)]

    def forward(self, x):
        with torch.no_grad():
            teacher = self.teacher[0](x)
        return self.student(x), teacher

    def loss(self, outputs, labels):
        logits, teacher = (z.float() for z in outputs)
        return F.cross_entropy(logits, labels) + kd_loss(logits, teacher, self.temperature)


def work_a():
    student, teacher = timm.create_model("resnet18", num_classes=100), timm.create_model(
        "vit_small_patch16_224", num_classes=100
    )
    width = max(student.num_features, teacher.num_features)
    branches = nn.ModuleList(map_branch(i, 32 * 2**i, width, 100) for i in (1, 2, 3, 4))
    initialise(branches)
    stages = (student.layer1, student.layer2, student.layer3, student.layer4)
    return OfaDistiller(student, teacher, stages, branches), (16, 3, 224, 224), 100


def work_b():
    student = timm.create_model("deit_tiny_patch16_224", num_classes=100)
    teacher = timm.create_model("convnext_tiny", num_classes=100)
    width = student.num_features
    branches = nn.ModuleList(TokenBranch(i, 197, width, width, 1, 100) for i in (1, 2, 3, 4))
    initialise(branches)
    stages = [student.blocks[i] for i in (1, 3, 9, 11)]
    return OfaDistiller(student, teacher, stages, branches), (16, 3, 224, 224), 100


def work_c():
    return KdDistiller(CifarResNet(3), CifarResNet(9)), (128, 3, 32, 32), 10


def work_d():
    import kdqat  # needs transformers, which the others do not

    return kdqat.KdQat(), (16, 128), 2


def work_e():
    import efficientvlm

    return efficientvlm.EfficientVlm(), (8, 3, 224, 224), 2


WORKS = {"a": work_a, "b": work_b, "c": work_c, "d": work_d, "e": work_e}


def optimizer_of(work: str, distiller: nn.Module, fused: bool):
    decay = {"b": 0.05, "d": 0.01, "e": 0.01}.get(work, 2e-3)
    parameters = list(distiller.parameters())
    groups = [
        {"params": [p for p in parameters if p.ndim > 1], "weight_decay": decay},
        {"params": [p for p in parameters if p.ndim <= 1], "weight_decay": 0.0},
    ]
    option = {"fused": True} if fused else {}
    if work in "bde":
        return torch.optim.AdamW(groups, lr={"b": 5e-4, "d": 2e-5, "e": 2e-5}[work], **option)
    return torch.optim.SGD(groups, lr=0.05, momentum=0.9, nesterov=True, **option)


def batch_of(work: str, shape):
    if work == "d":
        return torch.randint(1000, 30000, shape)
    if work == "e":
        import efficientvlm

        return efficientvlm.batch_of(efficientvlm.STUDENT)
    return torch.randn(shape)


def stepper(args):
    """The function that runs one step and gives its loss, and the facts about it."""
    torch.manual_seed(0)
    distiller, shape, classes = WORKS[args.work]()
    distiller.train()
    images = batch_of(args.work, shape)
    labels = torch.randint(0, classes, (shape[0],))
    if args.channels_last:
        distiller.to(memory_format=torch.channels_last)
        distiller.teacher[0].to(memory_format=torch.channels_last)
        if args.work in "abc":
            images = images.contiguous(memory_format=torch.channels_last)
    optimizers = [optimizer_of(args.work, distiller, args.fused)]
    if args.work == "e":
        optimizers += distiller.optimizers({"fused": True} if args.fused else {})
    bf16 = args.precision == "bf16"

    def step() -> float:
        for optimizer in optimizers:
            optimizer.zero_grad()
        with torch.autocast("cpu", torch.bfloat16, enabled=bf16):
            outputs = distiller(images)
        loss = distiller.loss(outputs, labels)
        loss.backward()
        for optimizer in optimizers:
            optimizer.step()
        if args.work == "e":
            distiller.settle()
        return loss.item()

    def count(module):
        return sum(p.numel() for p in module.parameters())

    return step, {"student_parameters": count(distiller.student), "branch_parameters": count(distiller.branches)}


def agree(folder: pathlib.Path) -> None:
    """Writes what Decant needs for the same losses, and prints them."""
    import kdqat
    from safetensors.torch import save_file

    torch.manual_seed(0)
    distiller = kdqat.KdQat(dropout=0.0)
    with torch.no_grad():
        for p in distiller.student.parameters():  # as after some training
            p.add_(torch.randn_like(p) * 0.01)
    ids = torch.randint(1000, 30000, (4, 32))
    for name, model in (("student", distiller.student), ("teacher", distiller.teacher[0])):
        model.save_pretrained(folder / name)
    save_file({"ids": ids}, folder / "ids.safetensors")
    distiller.train()
    parts = distiller.parts(distiller(ids))
    sum(parts.values()).backward()
    norm = torch.sqrt(sum(p.grad.square().sum() for p in distiller.student.parameters() if p.grad is not None))
    print(json.dumps({k: v.item() for k, v in parts.items()} | {"gradient": norm.item()}))


# ---- command line ----------------------------------------------------------------------------------------------------


def timed(step) -> tuple[float, float]:
    start = time.perf_counter()
    loss = step()
    return (time.perf_counter() - start) * 1000, loss


def peak_mib() -> float:
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", choices=sorted(WORKS), default="a")
    parser.add_argument("--agree", type=pathlib.Path, metavar="FOLDER")
    parser.add_argument("--precision", choices=("fp32", "bf16"), default="fp32")
    parser.add_argument("--channels-last", action="store_true")
    parser.add_argument("--fused", action="store_true", help="the optimizer's fused kernel")
    parser.add_argument("--steps", type=int, default=10)
    parser.add_argument("--warmup", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--serve", action="store_true")
    return parser.parse_args()


def main() -> None:
    args = arguments()
    torch.set_num_threads(args.threads)
    if args.agree:
        torch.manual_seed(0)
        if args.work == "e":
            import efficientvlm

            efficientvlm.agree(args.agree)
        else:
            agree(args.agree)
        return
    step, facts = stepper(args)
    settings = {key: getattr(args, key) for key in ("work", "precision", "channels_last", "fused", "threads")}
    about = settings | {"torch": torch.__version__, "timm": timm.__version__} | facts
    losses = [step() for _ in range(args.warmup)]
    if args.serve:
        print(json.dumps(about | {"ready": True}), flush=True)
        for line in sys.stdin:
            answers = {"step": lambda: round(timed(step)[0], 3), "peak": peak_mib}
            print(answers[line.strip()](), flush=True)
        return
    runs = [timed(step) for _ in range(args.steps)]
    times, losses = [ms for ms, _ in runs], losses + [loss for _, loss in runs]
    measured = {"ms_median": round(statistics.median(times), 2), "ms_min": round(min(times), 2)}
    print(json.dumps(about | measured | {"peak_rss_mb": peak_mib(), "loss_first": losses[0], "loss_last": losses[-1]}))


if __name__ == "__main__":
    main()
