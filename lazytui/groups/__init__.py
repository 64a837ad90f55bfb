"""Groups without labels: which training images contradict a shortcut, inferred from a network or from a property of the
images. Readable without torch."""

from __future__ import annotations

from lazytui.callable_room import make_callable

WAYS = {
    "property": "The property that an audit named is nearer to that of another class.",
    "errors": "What the network gets wrong (JTT): for one that was trained briefly.",
    "two-fold": "What networks of a biased loss get wrong, each on the half that it wasn't trained on (GCE, q .7).",
    "environments": "A small or negative margin, by its gradient at the scale of the logits (EIIL's closed form).",
    "clusters": "All but the largest cluster of the outputs, class by class (SPARE).",
}
"""How they are inferred, with a line on each."""

make_callable(__name__)
