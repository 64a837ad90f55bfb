"""When a figure shows the same as another, so that it needn't be drawn again."""

from __future__ import annotations

import dataclasses

import numpy as np

from tests.figures import samples


def test_a_figure_is_the_same_as_one_that_shows_the_same() -> None:
    for number, one in enumerate(samples.EACH):
        copied = dataclasses.replace(one)
        arrays = {
            f.name: v.copy() for f in dataclasses.fields(one) if isinstance(v := getattr(one, f.name), np.ndarray)
        }
        assert one.is_same(dataclasses.replace(copied, **arrays)), "also where values are undefined"
        assert not one.is_same(dataclasses.replace(copied, title="Another"))
        assert [one.is_same(other) for other in samples.EACH].index(True) == number
    line = samples.lines()
    other = dataclasses.replace(line.series[0], y=line.series[0].y + 1)
    assert not line.is_same(samples.lines(series=(other, *line.series[1:])))
