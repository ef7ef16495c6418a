"""Computes every distillation loss from its formula in double precision and writes inputs, values and gradients.

Run by hand, never by the build; the header of timm_models.py says how to make the environment:
    V/bin/python reference/distill_goldens.py

Output: library/src/test/resources/loss/goldens.json. `inputs` holds named tensors as {"shape", "values"} (row-major);
each of `cases` has the name of the loss, its settings, its inputs, its value (a number or a tensor) and the gradients
with respect to the student's inputs. Before it writes, the script checks the published values of each loss on tiny fixtures.
"""

import json
import math
import pathlib

import torch
import torch.nn.functional as F

FILE = pathlib.Path(__file__).resolve().parent.parent / "library/src/test/resources/loss/goldens.json"
torch.set_default_dtype(torch.float64)


# ---- losses on logits ----------------------------------------------------------------------------------------------


def hard(labels):
    """Class numbers as they are; of soft labels the first greatest class."""
    return labels if labels.ndim == 1 else (labels == labels.max(1, keepdim=True).values).int().argmax(1)


def cross_entropy(student, labels, smoothing=0.0):
    target = F.one_hot(labels, student.shape[1]).double() if labels.ndim == 1 else labels
    target = target * (1 - smoothing) + smoothing / student.shape[1]
    return -(target * student.log_softmax(1)).sum(1).mean()


def kd(student, teacher, temperature=1.0):
    log_p = (teacher / temperature).log_softmax(1)
    log_q = (student / temperature).log_softmax(1)
    return temperature**2 * (log_p.exp() * (log_p - log_q)).sum(1).mean()


def bkd(student, teacher):
    p = teacher.softmax(1)
    return -(p * F.logsigmoid(student) + (1 - p) * F.logsigmoid(-student)).mean()


def ofa(student, teacher, labels, eps=1.0, temperature=1.0):
    p = (teacher / temperature).softmax(1)
    mark = F.one_hot(hard(labels), student.shape[1])
    weight = (p + mark) ** eps - mark
    return -(weight * (student / temperature).log_softmax(1)).sum(1).mean()


def tckd(student, teacher, labels, temperature):
    def pair(z):
        p = (z / temperature).softmax(1).gather(1, hard(labels)[:, None])
        return torch.cat((p, 1 - p), 1)

    p, q = pair(teacher), pair(student)
    return temperature**2 * (p * (p / q).log()).sum(1).mean()


def nckd(student, teacher, labels, temperature):
    others = F.one_hot(hard(labels), student.shape[1]) == 0

    def rest(z):
        return (z / temperature)[others].reshape(z.shape[0], -1)

    return temperature**2 * kd(rest(student), rest(teacher))


def dkd(student, teacher, labels, alpha=1.0, beta=2.0, temperature=1.0):
    return alpha * tckd(student, teacher, labels, temperature) + beta * nckd(student, teacher, labels, temperature)


def mean_pearson(a, b):
    a = a - a.mean(1, keepdim=True)
    b = b - b.mean(1, keepdim=True)
    return ((a * b).sum(1) / (a.norm(dim=1) * b.norm(dim=1) + 1e-8)).mean()


def dist_inter(student, teacher, temperature=1.0):
    return 1 - mean_pearson((student / temperature).softmax(1), (teacher / temperature).softmax(1))


def dist_intra(student, teacher, temperature=1.0):
    return 1 - mean_pearson((student / temperature).softmax(1).T, (teacher / temperature).softmax(1).T)


def dist(student, teacher, beta=1.0, gamma=1.0, temperature=1.0):
    inter, intra = dist_inter(student, teacher, temperature), dist_intra(student, teacher, temperature)
    return temperature**2 * (beta * inter + gamma * intra)


# ---- losses on vectors ---------------------------------------------------------------------------------------------


def cc(student, teacher):
    """Correlation congruence of two embeddings of the same width (the trained embeddings left out)."""
    delta = (student - teacher).abs()
    return 0.02 * (delta[:-1] * delta[1:]).sum(1).mean()


def distances(x):
    square = (x**2).sum(1)
    d = (square[:, None] + square[None, :] - 2 * x @ x.T).clamp(min=1e-12).sqrt()
    d = d * (1 - torch.eye(len(x)))
    return d / d[d > 0].mean()


def angles(x):
    e = F.normalize(x[None, :, :] - x[:, None, :], dim=2, eps=1e-12)
    return torch.einsum("ijd,ikd->ijk", e, e)


def rkd_distance(student, teacher):
    return F.smooth_l1_loss(distances(student), distances(teacher))


def rkd_angle(student, teacher):
    return F.smooth_l1_loss(angles(student), angles(teacher))


def rkd(student, teacher):
    return 25 * rkd_distance(student, teacher) + 50 * rkd_angle(student, teacher)


def crd_contrast(scores, samples):
    """Of scores (B, 1+m) whose first column is the positive."""
    m = scores.shape[1] - 1
    noise = m / samples
    positive = (scores[:, 0] / (scores[:, 0] + noise + 1e-7)).log()
    negative = (noise / (scores[:, 1:] + noise + 1e-7)).log()
    return -(positive.sum() + negative.sum()) / len(scores)


def crd_direction(bank, indices, vectors):
    """One direction with the normaliser that this, the first, batch fixes."""
    samples = len(bank)
    raw = torch.einsum("bkd,bd->bk", bank[indices], F.normalize(vectors, dim=1, eps=0.0)).div(0.07).exp()
    normaliser = raw.detach().mean() * samples
    return crd_contrast(raw / normaliser, samples), normaliser


def crd(student, teacher, student_bank, teacher_bank, indices):
    return crd_direction(teacher_bank, indices, student)[0] + crd_direction(student_bank, indices, teacher)[0]


def updated_bank(bank, rows, vectors):
    bank = bank.clone()
    bank[rows] = F.normalize(0.5 * bank[rows] + 0.5 * F.normalize(vectors, dim=1), dim=1)
    return bank


# ---- rearrangements (spelled as loops: slow and plain) ------------------------------------------------------------


def cells(tokens, cell, row_major):
    """Tokens (N, g*g, D) gathered by square cells, concatenated row- or column-major in the cell, channel fastest."""
    n, length, width = tokens.shape
    g = math.isqrt(length)
    order = [(r, c) for r in range(cell) for c in range(cell)]
    if not row_major:
        order = [(r, c) for c in range(cell) for r in range(cell)]
    out = torch.empty(n, (g // cell) ** 2, cell * cell * width)
    for row in range(g // cell):
        for col in range(g // cell):
            parts = [tokens[:, (row * cell + r) * g + col * cell + c] for r, c in order]
            out[:, row * (g // cell) + col] = torch.cat(parts, 1)
    return out


def unpatchify(tokens, patch):
    """Tokens (N, g*g, p*p*C), each read as (row, col, channel), to an image (N, C, g*p, g*p)."""
    n, length, width = tokens.shape
    g, channels = math.isqrt(length), width // patch**2
    out = torch.empty(n, channels, g * patch, g * patch)
    for token in range(length):
        for place in range(patch * patch):
            row = token // g * patch + place // patch
            col = token % g * patch + place % patch
            out[:, :, row, col] = tokens[:, token, place * channels : (place + 1) * channels]
    return out


def raster(tokens, length):
    return tokens.reshape(tokens.shape[0], length, -1)


def fitnet(student, teacher):
    return ((student - teacher) ** 2).mean()


# ---- similarity ----------------------------------------------------------------------------------------------------


def hsic(k, l):
    n = len(k)
    k, l = k - k.diag().diag(), l - l.diag().diag()
    total = (k @ l).trace() + k.sum() * l.sum() / ((n - 1) * (n - 2)) - 2 / (n - 2) * (k @ l).sum()
    return total / (n * (n - 3))


def gram(x):
    return x @ x.T


def cka_minibatch(xs, ys):
    def mean(pairs):
        return torch.stack([hsic(gram(a), gram(b)) for a, b in pairs]).mean()

    return mean(zip(xs, ys)) / (mean(zip(xs, xs)).sqrt() * mean(zip(ys, ys)).sqrt())


def cka_unbiased(x, y):
    return cka_minibatch([x], [y])


def cka_biased(x, y):
    def centred(k):
        return k - k.mean(0, keepdim=True) - k.mean(1, keepdim=True) + k.mean()

    k, l = centred(gram(x)), centred(gram(y))
    return (k * l).sum() / (k.norm() * l.norm())


# ---- the published numbers -----------------------------------------------------------------------------------------


def expect(name, found, wanted, within=1e-12):
    found, wanted = torch.as_tensor(found), torch.as_tensor(wanted)
    off = (found - wanted).abs().max().item()
    if off > within:
        raise SystemExit(f"{name}: computed {found.tolist()}, published {wanted.tolist()}, off by {off:.1e}")
    print(f"{name:34s} agrees within {off:.1e}")


def check_published():
    z_s = torch.tensor([[1.0, 2.0, 0.5, -1.0], [0.2, -0.3, 0.8, 1.5]])
    z_t = torch.tensor([[0.5, 3.0, 0.0, -0.5], [1.0, 0.0, 2.0, 0.5]])
    y = torch.tensor([1, 0])
    table = {
        1.0: (1.0957319686555171, 1.290434046858532),
        1.1: (1.0602045478052649, 1.2211936822519736),
        1.2: (1.044692877393501, 1.1737555795768726),
        1.4: (1.0583928939217266, 1.131793761256541),
        1.5: (1.0823777341797998, 1.1324022745800186),
        2.0: (1.319539487070561, 1.288196222300471),
    }
    for eps, (one, two) in table.items():
        expect(f"OFA eps {eps} T 1", ofa(z_s, z_t, y, eps, 1.0), one)
        expect(f"OFA eps {eps} T 2", ofa(z_s, z_t, y, eps, 2.0), two)
    gradients = {
        1.5: [
            [0.1665742297, -0.2905852364, 0.1022917491, 0.0217192576],
            [-0.1085045718, 0.0251455547, -0.1119226043, 0.1952816213],
        ],
        1.0: [
            [0.0767854525, -0.1255368640, 0.0465727312, 0.0021786802],
            [-0.0361057394, 0.0035287278, -0.1612739092, 0.1938509208],
        ],
    }
    for eps, wanted in gradients.items():
        leaf = z_s.clone().requires_grad_()
        ofa(leaf, z_t, y, eps).backward()
        expect(f"OFA gradient eps {eps}", leaf.grad, wanted, 1e-10)
    expect("KD T 1", kd(z_s, z_t, 1.0), 0.2677106651428235)
    expect("KD T 4", kd(z_s, z_t, 4.0), 0.3010580693765461)
    expect("KD T 1 + H(p)", kd(z_s, z_t, 1.0) + 0.8280213035126938, ofa(z_s, z_t, y))
    expect("TCKD", tckd(z_s, z_t, y, 1.0), 0.08617430582418202)
    expect("NCKD", nckd(z_s, z_t, y, 1.0), 0.25579620503763295)
    expect("DKD 1 2 T 1", dkd(z_s, z_t, y), 0.597766715899448)
    expect("DKD 1 8 T 4", dkd(z_s, z_t, y, 1.0, 8.0, 4.0), 2.2710930233538895)
    z_s = torch.cat((z_s, torch.tensor([[0.0, 1.0, -1.0, 0.3]])))
    z_t = torch.cat((z_t, torch.tensor([[-0.2, 0.4, 0.6, 1.2]])))
    expect("DIST inter", dist_inter(z_s, z_t), 0.6843151943295228)
    expect("DIST intra", dist_intra(z_s, z_t), 0.8244591660421312)
    expect("DIST", dist(z_s, z_t), 1.5087743603716541)
    e_s, e_t = torch.tensor([[1.0, 2], [0, 1], [3, -1]]), torch.tensor([[0.5, 1], [1, -1], [2, 1]])
    expect("CC", cc(e_s, e_t), 0.075)
    f_s, f_t = torch.tensor([[1.0, 0], [0, 1], [2, 2]]), torch.tensor([[1.0, 1, 0], [0, 2, 1], [3, 0, 1]])
    expect("RKD distance", rkd_distance(f_s, f_t), 0.011496705720975485)
    expect("RKD angle", rkd_angle(f_s, f_t), 0.032082177537545935)
    expect("RKD", rkd(f_s, f_t), 1.8915265199016837)
    scores = torch.tensor([[0.02, 0.01, 0.005], [0.03, 0.02, 0.01]])
    expect("CRD contrast", crd_contrast(scores, 100), 1.4656057095278627)
    x = torch.tensor([[1, 2], [3, 1], [0, -1], [2, 2], [-1, 1], [0.5, 0]])
    y = torch.tensor([[2.0, 0, 1], [1, 1, 1], [0, -2, 1], [3, 1, 0], [-1, 0, 2], [1, 1, -1]])
    expect("HSIC of both", hsic(gram(x), gram(y)), 1.9944444444444447)
    expect("HSIC of the first", hsic(gram(x), gram(x)), 5.530555555555556)
    expect("HSIC of the second", hsic(gram(y), gram(y)), 6.455555555555556)
    expect("CKA unbiased", cka_unbiased(x, y), 0.3337880254016996)
    expect("CKA biased", cka_biased(x, y), 0.5592487203141698)


# ---- the larger cases ----------------------------------------------------------------------------------------------


def inputs():
    g = torch.Generator().manual_seed(20231030)

    def normal(*shape):
        return (torch.randn(shape, generator=g) * 1e4).round() / 1e4

    samples = 20
    soft = torch.rand((6, 10), generator=g)
    soft[2, 3] = soft[2, 7] = 2.0  # a tie: the first counts
    side = math.sqrt(3 / 8)
    return {
        "student_logits": 2 * normal(6, 10),
        "teacher_logits": 3 * normal(6, 10),
        "labels": torch.tensor([3, 0, 9, 3, 7, 5]),
        "soft_labels": soft / soft.sum(1, keepdim=True),
        "student_vectors": normal(6, 8),
        "teacher_vectors": normal(6, 8),
        "wide_teacher_vectors": normal(6, 11),
        "scores": torch.rand((6, 5), generator=g) * 0.1,
        "student_bank": (torch.rand((samples, 8), generator=g) * 2 - 1) * side,
        "teacher_bank": (torch.rand((samples, 8), generator=g) * 2 - 1) * side,
        "bank_indices": torch.tensor(
            [
                [0, 5, 6, 7, 5],
                [3, 9, 19, 8, 1],
                [4, 2, 2, 11, 12],
                [17, 0, 3, 4, 9],
                [18, 10, 0, 6, 15],
                [11, 1, 2, 3, 4],
            ]
        ),
        "tokens": torch.arange(2.0 * 16 * 3).reshape(2, 16, 3),
        "wide_tokens": torch.arange(2.0 * 4 * 12).reshape(2, 4, 12),
        "student_map": normal(2, 3, 4, 4),
        "teacher_map": normal(2, 3, 4, 4),
    }


LOGITS = ("student_logits", "teacher_logits")
LABELLED = (*LOGITS, "labels")
SOFT = (*LOGITS, "soft_labels")
VECTORS = ("student_vectors", "teacher_vectors")
RELATION = ("student_vectors", "wide_teacher_vectors")
BANKS = ("student_bank", "teacher_bank", "bank_indices")

# loss, settings, inputs, those with a gradient
CASES = [
    ("cross_entropy", {}, ("student_logits", "labels"), 1),
    ("cross_entropy", {"smoothing": 0.1}, ("student_logits", "labels"), 1),
    ("cross_entropy", {}, ("student_logits", "soft_labels"), 1),
    *(("kd", {"temperature": t}, LOGITS, 1) for t in (1.0, 4.0)),
    ("bkd", {}, LOGITS, 1),
    *(("ofa", {"eps": e, "temperature": t}, LABELLED, 1) for e in (1.0, 1.1, 1.5, 2.0) for t in (1.0, 2.0)),
    ("ofa", {"eps": 1.4, "temperature": 1.0}, SOFT, 1),
    *(("dkd", {"alpha": 1.0, "beta": b, "temperature": t}, LABELLED, 1) for b, t in ((2.0, 1.0), (8.0, 4.0))),
    ("dkd", {"alpha": 1.0, "beta": 2.0, "temperature": 1.0}, SOFT, 1),
    *(("dist", {"beta": b, "gamma": b, "temperature": t}, LOGITS, 1) for b, t in ((1.0, 1.0), (2.0, 4.0))),
    ("dist_inter", {}, LOGITS, 1),
    ("dist_intra", {}, LOGITS, 1),
    ("cc", {}, VECTORS, 2),
    ("rkd_distance", {}, RELATION, 1),
    ("rkd_angle", {}, RELATION, 1),
    ("rkd", {}, RELATION, 1),
    ("crd_contrast", {"samples": 20}, ("scores",), 1),
    ("crd", {}, (*VECTORS, *BANKS), 2),
    ("fitnet", {}, ("student_map", "teacher_map"), 1),
    ("cka_unbiased", {}, RELATION, 0),
    ("cka_biased", {}, RELATION, 0),
    ("cells", {"cell": 2, "row_major": True}, ("tokens",), 0),
    ("cells", {"cell": 4, "row_major": True}, ("tokens",), 0),
    ("cells", {"cell": 2, "row_major": False}, ("tokens",), 0),
    ("unpatchify", {"patch": 2}, ("wide_tokens",), 0),
    ("raster", {"length": 16}, ("wide_tokens",), 0),
]


def stored(value):
    if value.ndim == 0:
        return value.item()
    flat = value.flatten().tolist()
    whole = all(float(v).is_integer() for v in flat)
    return {"shape": list(value.shape), "values": [int(v) for v in flat] if whole else flat}


def solve(tensors, loss, settings, names, differentiable):
    given = [tensors[name].clone() for name in names]
    leaves = [given[i].requires_grad_() for i in range(differentiable)]
    value = globals()[loss](*given, **settings)
    case = {"loss": loss, "settings": settings, "inputs": list(names), "value": stored(value.detach())}
    if leaves:
        value.backward()
        case["gradients"] = {name: stored(leaf.grad) for name, leaf in zip(names, leaves)}
    return case


def bank_cases(tensors):
    """What the first batch fixes and leaves behind in the memory banks of CRD."""
    rows = tensors["bank_indices"][:, 0]
    for side, other in (("student", "teacher"), ("teacher", "student")):
        vectors, bank = f"{side}_vectors", f"{side}_bank"
        _, normaliser = crd_direction(tensors[bank], tensors["bank_indices"], tensors[f"{other}_vectors"])
        given = [f"{other}_vectors", bank, "bank_indices"]
        yield {"loss": "crd_normaliser", "settings": {}, "inputs": given, "value": stored(normaliser)}
        after = updated_bank(tensors[bank], rows, tensors[vectors])
        given = [vectors, bank, "bank_indices"]
        yield {"loss": "crd_updated_bank", "settings": {}, "inputs": given, "value": stored(after)}


def main():
    check_published()
    tensors = inputs()
    cases = [solve(tensors, *case) for case in CASES] + list(bank_cases(tensors))
    half = [[tensors[name][:4], tensors[name][2:]] for name in RELATION]
    similarity = stored(cka_minibatch(*half))
    given = list(RELATION)
    cases.append(
        {"loss": "cka_minibatch", "settings": {"rows": [[0, 4], [2, 6]]}, "inputs": given, "value": similarity}
    )
    FILE.parent.mkdir(parents=True, exist_ok=True)
    with FILE.open("w") as out:
        out.write('{\n"inputs": {\n')
        out.write(",\n".join(f"{json.dumps(k)}: {json.dumps(stored(v))}" for k, v in tensors.items()))
        out.write('\n},\n"cases": [\n' + ",\n".join(json.dumps(case) for case in cases) + "\n]\n}\n")
    print(f"{len(cases)} cases, {FILE.stat().st_size / 1024:.0f} KB")


if __name__ == "__main__":
    main()
