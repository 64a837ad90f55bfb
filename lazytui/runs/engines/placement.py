"""Which GPU each run computes on: the one that fewest of the runs that go on have, so many runs each at most."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from lazytui.runs.run_folder import RunFolder
from lazytui.system.gpus import VISIBLE


class Placement:
    """devices: GPUs as `CUDA_VISIBLE_DEVICES` names them. Without any, no run gets one."""

    def __init__(self, devices: Sequence[str], per_device: int) -> None:
        self._devices, self.per_device = devices, per_device
        self._device_of: dict[str, str] = {}

    @property
    def at_a_time(self) -> int:
        return len(self._devices) * self.per_device

    def assign_gpu(self, run: RunFolder, going: Collection[str]) -> Mapping[str, str]:
        """Variables of the environment that give a run its GPU; none for one that asks for none.

        going: ids of the runs that go on, whose GPUs are taken. Where all are full, the emptiest gets one more.
        """
        self._device_of = {id_: device for id_, device in self._device_of.items() if id_ in going}
        if not self._devices or not asks_for_gpu(run):
            return {}
        taken = Counter(self._device_of.values())
        device = min(self._devices, key=lambda one: taken[one])  # the first of the emptiest
        self._device_of[run.id] = device
        return {VISIBLE: device}


def asks_for_gpu(run: RunFolder) -> bool:
    """Whether a run computes on a GPU where there is one."""
    return run.record.params.get("device", "auto") in {"auto", "cuda"}
