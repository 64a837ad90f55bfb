"""The architectures by name, in the order of lists, readable without torch: a file each, and a line here.

A new architecture's file ends in its ENTRY; see base.py for what that says, and parts/ for what several share.
"""
# ruff: noqa: F401, I001 - these imports are the list

from __future__ import annotations

from lazytui.errors import UsageError, unknown_name
from lazytui.models.architectures.base import ModelEntry
from lazytui.models.architectures.mlp import ENTRY as _mlp
from lazytui.models.architectures.lazy_cnn import ENTRY as _lazy_cnn
from lazytui.models.architectures.lazy_maxpool import ENTRY as _lazy_maxpool
from lazytui.models.architectures.lazy_gap import ENTRY as _lazy_gap
from lazytui.models.architectures.gap_cnn import ENTRY as _gap_cnn
from lazytui.models.architectures.gap_groupnorm import ENTRY as _gap_groupnorm
from lazytui.models.architectures.cnn2 import ENTRY as _cnn2
from lazytui.models.architectures.cnn3 import ENTRY as _cnn3
from lazytui.models.architectures.cnn3_flatten import ENTRY as _cnn3_flatten
from lazytui.models.architectures.cnn_1x1 import ENTRY as _cnn_1x1
from lazytui.models.architectures.torch_mnist import ENTRY as _torch_mnist
from lazytui.models.architectures.small_24 import ENTRY as _small_24
from lazytui.models.architectures.small_16 import ENTRY as _small_16
from lazytui.models.architectures.shape_cnn import ENTRY as _shape_cnn
from lazytui.models.architectures.resnet18 import ENTRY as _resnet18
from lazytui.models.architectures.resnet18_1x1 import ENTRY as _resnet18_1x1
from lazytui.models.architectures.resnet_early_gap import ENTRY as _resnet_early_gap
from lazytui.models.architectures.color_balance import ENTRY as _color_balance
from lazytui.models.architectures.gauss_pool import ENTRY as _gauss_pool
from lazytui.models.architectures.channel_pool import ENTRY as _channel_pool
from lazytui.models.architectures.mlp_100x3 import ENTRY as _mlp_100x3
from lazytui.models.architectures.mlp_100x4 import ENTRY as _mlp_100x4
from lazytui.models.architectures.mlp_100_16 import ENTRY as _mlp_100_16
from lazytui.models.architectures.mlp_390 import ENTRY as _mlp_390
from lazytui.models.architectures.lenet import ENTRY as _lenet

ARCHITECTURES = {entry.name: entry for entry in list(globals().values()) if isinstance(entry, ModelEntry)}

DEFAULT_MODEL = "gap-cnn"


def model_entry(name: str) -> ModelEntry:
    """The entry of that name. UsageError, with the nearest names, where there is none."""
    if name not in ARCHITECTURES:
        raise UsageError(unknown_name("model", name, ARCHITECTURES))
    return ARCHITECTURES[name]
