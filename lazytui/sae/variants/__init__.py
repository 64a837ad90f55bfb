"""The variants of sparse autoencoders, a file and a line each, in the order in which they are listed.

The imports are the list.
"""

# ruff: noqa: F401, I001
from lazytui.sae.variants.topk import TOPK
from lazytui.sae.variants.batch_topk import BATCH_TOPK
from lazytui.sae.variants.matryoshka import MATRYOSHKA
from lazytui.sae.variants.archetypal import ARCHETYPAL
from lazytui.sae.variants.jumprelu import JUMPRELU
from lazytui.sae.variants.gated import GATED
from lazytui.sae.variants.l1 import L1_PENALTY
