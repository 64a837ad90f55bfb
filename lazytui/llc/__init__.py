"""The local learning coefficient: the complexity of the solution that a network has found."""

from lazytui.callable_room import make_callable

make_callable(__name__)
