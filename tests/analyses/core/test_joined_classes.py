"""Results of images whose classes were joined: their sizes come from the record of the training."""

from __future__ import annotations

import numpy as np
import pytest

from lazytui.analyses.core.content_facts import content_of_record, content_sizes, content_to_keep
from lazytui.analyses.networks.other_data import painted_otherwise
from lazytui.data.params import DatasetParams
from lazytui.runs.results.result_contents import Damaged
from lazytui.runs.results.saved_result import Result

PAIRS = DatasetParams(source="strokes", dataset="spuco-variance-low")
HALVES = DatasetParams(source="strokes", dataset="irm-two-class")


def test_a_recorded_training_shows_how_many_classes_and_values_there_are() -> None:
    record = PAIRS.model_dump(mode="json")
    assert "recorded_content" not in record and content_of_record(record) == PAIRS.content
    saved = Result({}, {"trained": {**record, "model": "lenet"}}, {"x": np.zeros(1)})
    assert content_sizes(saved, "trained")["classes"] == 5
    assert content_to_keep(HALVES) == HALVES.content and HALVES.content.image_shape == (3, 14, 14)
    with pytest.raises(Damaged, match="its content: "):
        content_of_record({**record, "merge": "thirds"})


def test_another_data_set_brings_its_own_cue_and_leaves_the_classes() -> None:
    shown = painted_otherwise(PAIRS, {"dataset": "spuco-magnitude-small"})
    assert (shown.cue, shown.cue_level, shown.merge) == ("spuco-ground", "magnitude-small", "pairs")
    plain = painted_otherwise(PAIRS, {"dataset": "background"})
    assert (plain.cue, plain.cue_level, plain.content.classes) == (
        "spuco-ground",
        "variance-low",
        PAIRS.content.classes,
    )
    even = painted_otherwise(HALVES, {"bias": 0.5})
    assert (even.bias, even.environments, even.content) == (0.5, None, HALVES.content)
