"""Writes the small weight files that the tests of dev.decant.weights read.

Run by hand, never by a test:  python reference/weights_fixtures.py
Needs torch 2.13.0 and safetensors 0.8.0. The outputs are committed.
"""

import collections
import io
import pathlib
import pickle
import zipfile

import numpy as np
import torch
from safetensors.torch import save_file

OUT = pathlib.Path(__file__).resolve().parent.parent / "library/src/test/resources/weights"

DTYPES = {
    "f64": torch.float64,
    "f32": torch.float32,
    "f16": torch.float16,
    "bf16": torch.bfloat16,
    "i64": torch.int64,
    "i32": torch.int32,
    "i16": torch.int16,
    "i8": torch.int8,
    "u8": torch.uint8,
    "bool": torch.bool,
}


def every_dtype():
    """Values 0..5 as (2, 3) in each type (bool: is odd), a scalar and an empty tensor."""
    tensors = {}
    for name, dtype in DTYPES.items():
        values = torch.arange(6).reshape(2, 3)
        tensors[name] = values % 2 == 1 if dtype == torch.bool else values.to(dtype)
    tensors["scalar"] = torch.tensor(7.0)
    tensors["empty"] = torch.zeros(0, 4)
    return tensors


def strided():
    """Views that share one storage of 0..11, as they lie in real checkpoints with tied weights."""
    base = torch.arange(12, dtype=torch.float32).reshape(3, 4)
    return collections.OrderedDict(
        base=base,
        tied=base,
        transposed=base.t(),
        row=base[1],
        column=base[:, 2],
        every_second=base[:, ::2],
        expanded=base[0, 1].expand(2, 2),
        other=torch.tensor([1, 2, 3]),
    )


class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = torch.nn.Linear(3, 2)
        self.norm = torch.nn.BatchNorm1d(2)


def training_checkpoint():
    """What training scripts write: weights among other things, under DataParallel's prefix."""
    torch.manual_seed(0)
    net = Net()
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
    state = collections.OrderedDict(("module." + k, v) for k, v in net.state_dict().items())
    return {
        "epoch": 3,
        "arch": "net",
        "best": np.float64(91.5),
        "state_dict": state,
        "optimizer": optimizer.state_dict(),
        "shape": torch.Size([2, 3]),
        "lr": [0.1, 1e-2],
        "huge": 2**70,
        "note": None,
        "done": True,
    }


class Evil:
    def __reduce__(self):
        import os

        return os.system, ("echo never run",)


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    save_file(every_dtype(), OUT / "every_dtype.safetensors", metadata={"format": "pt"})
    torch.save(every_dtype(), OUT / "every_dtype.pth")
    torch.save(every_dtype(), OUT / "every_dtype_legacy.pth", _use_new_zipfile_serialization=False)
    torch.save(strided(), OUT / "strided.pth")
    torch.save(strided(), OUT / "strided_legacy.pth", _use_new_zipfile_serialization=False)
    torch.save(training_checkpoint(), OUT / "training.pth")
    torch.save(training_checkpoint(), OUT / "training_protocol4.pth", pickle_protocol=4)
    parameters = {"w": torch.nn.Parameter(torch.ones(2)), "f8": torch.zeros(2, dtype=torch.uint16)}
    torch.save({"w": parameters["w"]}, OUT / "parameter.pth")
    torch.save(parameters, OUT / "uint16.pth")
    torch.save({"w": torch.zeros(2), "x": Evil()}, OUT / "malicious.pth")
    torch.save({"w": torch.zeros(2), "x": Evil()}, OUT / "malicious_legacy.pth", _use_new_zipfile_serialization=False)
    torch.save(Net(), OUT / "whole_module.pth")
    (OUT / "bare_malicious.bin").write_bytes(pickle.dumps(Evil(), protocol=2))
    rewrite_big_endian(OUT / "parameter.pth", OUT / "big_endian.pth")


def rewrite_big_endian(source, target):
    out = io.BytesIO()
    with zipfile.ZipFile(source) as z, zipfile.ZipFile(out, "w") as o:
        for name in z.namelist():
            o.writestr(name, b"big" if name.endswith("byteorder") else z.read(name))
    target.write_bytes(out.getvalue())


if __name__ == "__main__":
    main()
