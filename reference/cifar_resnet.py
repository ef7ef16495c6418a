"""The CIFAR ResNet (32-pixel images) in plain PyTorch, with the tensor names of the published CIFAR-10 weights."""

import torch
import torch.nn.functional as F
from torch import nn


class OptionABlock(nn.Module):
    """Basic block of the CIFAR ResNet whose shortcut has no weights: every second pixel, channels padded with zeros."""

    def __init__(self, width_in: int, width: int, stride: int):
        super().__init__()
        self.conv1 = nn.Conv2d(width_in, width, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.stride, self.width = stride, width

    def forward(self, x):
        y = self.bn2(self.conv2(torch.relu(self.bn1(self.conv1(x)))))
        if self.stride != 1:
            side = self.width // 4
            x = F.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, side, side))
        return torch.relu(y + x)


class CifarResNet(nn.Module):
    """6n+2 layers in three stages of 16, 32 and 64 channels (He et al. 2015, section 4.2), shortcut of option A."""

    def __init__(self, blocks: int, classes: int = 10):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 16, 3, 1, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(16)
        for stage, (width_in, width) in enumerate(((16, 16), (16, 32), (32, 64)), start=1):
            first = OptionABlock(width_in, width, 1 if stage == 1 else 2)
            rest = [OptionABlock(width, width, 1) for _ in range(blocks - 1)]
            setattr(self, f"layer{stage}", nn.Sequential(first, *rest))
        self.linear = nn.Linear(64, classes)

    def forward_features(self, x):
        x = torch.relu(self.bn1(self.conv1(x)))
        return self.layer3(self.layer2(self.layer1(x)))

    def forward_head(self, x, pre_logits=False):
        x = x.mean((2, 3))
        return x if pre_logits else self.linear(x)

    def forward(self, x):
        return self.forward_head(self.forward_features(x))
