"""The optimizers of torch, without its compiler.

torch.optim imports torch's compiler at the first step, 1.5 s of every training, only to disable it. Nothing here is
compiled, so the methods beneath those decorators are called.
"""

from __future__ import annotations

from inspect import unwrap

import torch
from torch import optim


class _Eager(optim.Optimizer):
    add_param_group = unwrap(optim.Optimizer.add_param_group)
    zero_grad = unwrap(optim.Optimizer.zero_grad)
    state_dict = unwrap(optim.Optimizer.state_dict)
    load_state_dict = unwrap(optim.Optimizer.load_state_dict)


class Adam(_Eager, optim.Adam):
    step = torch.no_grad()(unwrap(optim.Adam.step))


class AdamW(_Eager, optim.AdamW):
    step = torch.no_grad()(unwrap(optim.AdamW.step))


class SGD(_Eager, optim.SGD):
    step = torch.no_grad()(unwrap(optim.SGD.step))


class LBFGS(_Eager, optim.LBFGS):
    step = torch.no_grad()(unwrap(optim.LBFGS.step))
