"""The audit: which properties of its images a network relies on, found by exchanging them between images."""

from lazytui.callable_room import make_callable

make_callable(__name__)
