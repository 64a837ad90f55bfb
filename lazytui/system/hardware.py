"""Device, precision and threads."""

from __future__ import annotations

import os
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace

import torch

from lazytui.errors import BadInput
from lazytui.system.cores import cores
from lazytui.system.memory import keep_freed_memory


@dataclass(frozen=True)
class Hardware:
    """device, and precision of the forward and backward pass: "fp32" or "bf16". Weights are always float32."""

    device: torch.device
    precision: str

    def autocast(self) -> AbstractContextManager[object]:
        return torch.autocast(self.device.type, dtype=torch.bfloat16, enabled=self.precision == "bf16")

    @property
    def batch_size(self) -> int:
        """Images of a batch in evaluation: enough for a GPU; on a CPU what its cache holds the maps of."""
        return 125 if self.device.type == "cpu" else 500

    def at_fastest_precision(self) -> Hardware:
        """The same device in its fastest precision."""
        return replace(self, precision=_quickest(self.device))

    def at_full_precision(self) -> Hardware:
        """The same device in float32, which all analyses use."""
        return replace(self, precision="fp32")


def choose_hardware(device: str, precision: str) -> Hardware:
    """The device and precision by name, `auto` resolved. Raises BadInput for a device that isn't available."""
    torch_device = _device(device)
    if precision == "auto":
        precision = _quickest(torch_device)
    return Hardware(torch_device, precision)


def configure_torch() -> None:
    """Let torch use the cores available to this process, and keep freed memory for reuse.

    A container's share of cores counts, not the machine's. OMP_NUM_THREADS takes precedence.
    """
    keep_freed_memory()
    if "OMP_NUM_THREADS" not in os.environ:
        torch.set_num_threads(max(1, min(torch.get_num_threads(), cores())))


def describe_hardware() -> dict[str, str]:
    """What `auto` resolves to on this machine, as text."""
    configure_torch()
    hardware = choose_hardware("auto", "auto")
    name = torch.cuda.get_device_name() if hardware.device.type == "cuda" else f"{torch.get_num_threads()} threads"
    return {"torch": torch.__version__, "device": f"{hardware.device} ({name})", "precision": hardware.precision}


def _device(name: str) -> torch.device:
    available = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if name == "auto":
        name = next(kind for kind in ("cuda", "mps", "cpu") if available[kind])
    if not available[name]:
        names = ", ".join(kind for kind, here in available.items() if here)
        raise BadInput(f"This machine has no {name} device that torch can use; available: {names}.")
    return torch.device(name)


def _quickest(device: torch.device) -> str:
    return "bf16" if _has_bf16(device) else "fp32"


def _has_bf16(device: torch.device) -> bool:
    """Whether bf16 arithmetic is in the hardware; emulated, it is slower than float32."""
    if device.type == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    if device.type == "cpu":
        return bool(torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported())
    return False
