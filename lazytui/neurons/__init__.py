"""Single neurons: what each responds to, its information on label and color, its effect, and its ablation."""

from lazytui.callable_room import make_callable

make_callable(__name__)
