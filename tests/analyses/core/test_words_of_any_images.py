"""What is said of digits and colors, said of other images: with an attribute of another name, or without any."""

from __future__ import annotations

from lazytui.analyses.core.content_words import is_diagonal, own_groups
from lazytui.analyses.core.metric_catalog import METRICS, metric_of, metrics_of
from lazytui.app.panels.explanation import explanation, meaning_of
from lazytui.data.content import Content, colored_digits
from lazytui.figures.kinds import Text
from lazytui.files.long_texts import long_texts

BIRDS = {"classes": ("heron", "owl", "wren"), "height": 16, "width": 16}
GROUNDS = Content(**BIRDS, attribute="ground", values=("land", "water"), aligned=(1, 0))
PLAIN = Content(**BIRDS)


def test_metrics_of_an_attribute_are_left_out_where_none_is_known() -> None:
    names = ("easy_accuracy", "hard_accuracy", "color_follow_rate", "shape_bias", "loss", "unheard-of")
    assert list(metrics_of(names, GROUNDS)) == list(names[:-1])
    plain = metrics_of(names, PLAIN)
    assert list(plain) == ["easy_accuracy", "hard_accuracy", "loss"]
    assert plain["easy_accuracy"].meaning == "right on the validation split"
    said = " ".join(f"{metric.title} {metric.meaning}" for metric in metrics_of(METRICS, GROUNDS).values())
    assert "ground" in said and "digit" not in said and "stroke" not in said and " color" not in said


def test_an_explanation_is_found_under_the_name_of_the_attribute() -> None:
    explained = long_texts("metrics")
    for content in (GROUNDS, colored_digits("distinct")):
        title = metric_of("color_follow_rate", content).title
        assert meaning_of(title) == explained["color_follow_rate"]
    assert meaning_of("how tall it is") == ""


def test_groups_with_their_own_value_are_named_where_they_are_no_diagonal() -> None:
    assert is_diagonal(colored_digits("distinct")) and not is_diagonal(GROUNDS)
    assert own_groups(GROUNDS) == "owl with land, heron with water"


def test_a_text_is_shown_whole_and_no_word_of_it_is_taken_for_a_metric() -> None:
    paragraphs = ("Worst group chooses b.", "A loss of 3 points.")
    words = explanation([Text(name="verdict", title="Which is best?", paragraphs=paragraphs)]).plain
    assert words.split("\n\n") == ["Which is best?", *paragraphs]
