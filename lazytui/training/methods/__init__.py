"""The training methods by name, in the order of lists, readable without torch: a file each, and a line here.

A new method's file ends in its ENTRY; see base.py for what that says, and parts/ for what several methods share.
"""
# ruff: noqa: F401, I001 - these imports are the list

from __future__ import annotations

from lazytui.training.methods.base import MethodEntry
from lazytui.training.methods.parts.combined import Methods
from lazytui.training.methods.erm import ENTRY as _erm
from lazytui.training.methods.grl import ENTRY as _grl
from lazytui.training.methods.color_penalty import ENTRY as _color_penalty
from lazytui.training.methods.color_uniform import ENTRY as _color_uniform
from lazytui.training.methods.jitter_consistency import ENTRY as _jitter_consistency
from lazytui.training.methods.permute_jitter import ENTRY as _permute_jitter
from lazytui.training.methods.focal import ENTRY as _focal
from lazytui.training.methods.suppress import ENTRY as _suppress
from lazytui.training.methods.input_color_gradient import ENTRY as _input_color_gradient
from lazytui.training.methods.feature_color import ENTRY as _feature_color
from lazytui.training.methods.sobel_edge import ENTRY as _sobel_edge
from lazytui.training.methods.gradcam_edge import ENTRY as _gradcam_edge
from lazytui.training.methods.saliency_background import ENTRY as _saliency_background
from lazytui.training.methods.jtt import ENTRY as _jtt
from lazytui.training.methods.kmeans import ENTRY as _kmeans
from lazytui.training.methods.irm import ENTRY as _irm
from lazytui.training.methods.rex import ENTRY as _rex
from lazytui.training.methods.lff import ENTRY as _lff
from lazytui.training.methods.lc import ENTRY as _lc
from lazytui.training.methods.gerne import ENTRY as _gerne
from lazytui.training.methods.disent import ENTRY as _disent
from lazytui.training.methods.denetdm import ENTRY as _denetdm
from lazytui.training.methods.group_dro import ENTRY as _group_dro
from lazytui.training.methods.reweight import ENTRY as _reweight
from lazytui.training.methods.resample import ENTRY as _resample
from lazytui.training.methods.subsample import ENTRY as _subsample
from lazytui.training.methods.bias_balance import ENTRY as _bias_balance
from lazytui.training.methods.dfr import ENTRY as _dfr
from lazytui.training.methods.dfr_class import ENTRY as _dfr_class
from lazytui.training.methods.afr import ENTRY as _afr
from lazytui.training.methods.self import ENTRY as _self
from lazytui.training.methods.evals import ENTRY as _evals
from lazytui.training.methods.dpe import ENTRY as _dpe
from lazytui.training.methods.scramble import ENTRY as _scramble
from lazytui.training.methods.lisa import ENTRY as _lisa
from lazytui.training.methods.eiil import ENTRY as _eiil
from lazytui.training.methods.cnc import ENTRY as _cnc
from lazytui.training.methods.adversarial import ENTRY as _adversarial
from lazytui.training.methods.llc_guided import ENTRY as _llc_guided
from lazytui.training.methods.mixup import ENTRY as _mixup
from lazytui.training.methods.cutmix import ENTRY as _cutmix

METHODS = Methods({entry.name: entry for entry in list(globals().values()) if isinstance(entry, MethodEntry)})

SIGNALS = {name: meaning for entry in METHODS.values() for name, meaning in entry.signals.items()}
"""What each number is that methods add to the curves; one name means the same to all that have it."""
