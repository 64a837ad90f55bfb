"""Groups without labels: which training images contradict a shortcut, inferred from a network or from a property of the
images. Readable without torch."""

from __future__ import annotations

from lazytui.callable_room import make_callable

WAYS = {
    "property": "Images whose property, such as the one that an audit named, is more like that of another class.",
    "errors": "Images that the network gets wrong (JTT); for a briefly trained network.",
    "two-fold": "Images that networks with a biased loss (GCE, q .7) get wrong, each on the half it wasn't trained on.",
    "environments": "Images with a small or negative margin, by its gradient at the scale of the logits (EIIL).",
    "clusters": "Images outside of the largest cluster of outputs of their class (SPARE).",
}
"""Ways to infer groups, with a line on each."""

make_callable(__name__)
