"""A file may name torch without loading it."""

from __future__ import annotations

import sys

import pytest
import torch
from torch.nn import functional

from lazytui.system import lazy_torch


def test_the_names_are_those_of_torch() -> None:
    assert lazy_torch.torch.zeros is torch.zeros
    assert lazy_torch.nn.Linear is torch.nn.Linear
    assert lazy_torch.functional.relu is functional.relu
    with pytest.raises(AttributeError, match="nothing_of_this_name"):
        lazy_torch.torch.nothing_of_this_name  # noqa: B018


def test_torch_is_loaded_when_something_of_it_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """A module of another name stands in for it: this process has loaded torch long ago."""
    monkeypatch.delitem(sys.modules, "colorsys", raising=False)
    lazy = lazy_torch._Lazy("colorsys")  # type: ignore[attr-defined]
    assert "colorsys" not in sys.modules
    assert lazy.rgb_to_hsv(0, 0, 0) == (0, 0, 0)
    assert "colorsys" in sys.modules
