"""How the story opens and ends: the four numbers that it comes to, and the answer to what the task asks."""

from __future__ import annotations

from lazytui.analyses.attack.params import AttackParams
from lazytui.analyses.attack.result import AttackResult, NetworkResult
from lazytui.analyses.core.metric_catalog import in_words_of, metric_text
from lazytui.analyses.story.result import StoryResult
from lazytui.attacks.source_pools import Pool
from lazytui.counted_nouns import with_article
from lazytui.figures.html import KeyNumber
from lazytui.figures.kinds import Column, Table, Text


def key_numbers(result: StoryResult) -> list[KeyNumber]:
    """What the story comes to: how good the network looks, how good it is, what it reads, and what a cure does.

    None for an early version's that has fewer chapters.
    """
    results = result.by_chapter
    if not {"cheat", "evidence", "cure"} <= set(results):
        return []
    numbers = (
        ("easy accuracy", results["cheat"].headline.easy_accuracy),
        ("hard accuracy", results["cheat"].headline.hard_accuracy),
        (in_words_of(result.content, "follows the color"), results["evidence"].first.headline.color_follow_rate),
        ("hard accuracy, cured", results["cure"].headline.hard_accuracy),
    )
    return [KeyNumber(_percent(value), label) for label, value in numbers]


def card(result: StoryResult) -> list[Table]:
    """The four numbers as a figure."""
    numbers = key_numbers(result)
    table = Table(
        name="numbers",
        title="The story in four numbers",
        note=in_words_of(
            result.content,
            "Easy: color predicts the digit, as in training. Hard: color is uninformative or misleading. Follows the "
            "color: of images of a digit in another digit's color, the share classified as the color's digit.",
        ),
        columns=(Column(name="what"), Column(name="measured")),
        rows=tuple((number.label, number.value) for number in numbers),
    )
    return [table] if numbers else []


def answers(result: StoryResult) -> list[Text]:
    """Whether a small change makes the network sure of the wrong digit, and whether the cure makes that harder.

    Nothing where nobody was attacked.
    """
    attacked = next((part for part in result.chapters if part.chapter.name == "cloak"), None)
    if attacked is None:
        return []
    params, attack = attacked.params, attacked.result
    assert isinstance(params, AttackParams) and isinstance(attack, AttackResult)
    source, target = params.source_class, str(params.target_class)
    names = ("the lazy network", "the cured one")
    networks = list(zip(names, attack.networks, strict=False))
    question = (
        f"Can {with_article(source)} be turned into {with_article(target)}, with a probability over .9, by changing no "
        f"value by more than {attack.epsilon:g}, and is that harder once the network is cured?"
    )
    own = "; ".join(f"{name} on {_fooled(network, 'aligned', attack)}" for name, network in networks)
    taken = "; ".join(f"{name} takes {_at_target(network, attack)}" for name, network in networks)
    other = "; ".join(f"{name} on {_fooled(network, 'target-colored', attack)}" for name, network in networks)
    sentences = (
        question,
        f"From {source}s in their own color it succeeds against {own}.",
        f"In the color of the {target} nothing has to be changed for a network that reads color: {taken} of those "
        f"{source}s for {with_article(target)} as they are; of the others it succeeds against {other}.",
    )
    return [
        Text(
            name="answer", title="The answer", paragraphs=tuple(in_words_of(result.content, each) for each in sentences)
        )
    ]


def _fooled(network: NetworkResult, pool: Pool, attack: AttackResult) -> str:
    robustness = network.pools[pool].robustness(attack.target)
    rate, sources = robustness.sure_success_rate(attack.epsilon), robustness.sources
    total = len(robustness.correct)
    if rate is None:
        return f"an unknown share: it is right on {sources} of {total}, too few for a rate"
    return f"{_percent(rate)} of the {sources} (of {total}) that it gets right"


def _at_target(network: NetworkResult, attack: AttackResult) -> str:
    return _percent(network.pools["target-colored"].robustness(attack.target).at_target)


def _percent(value: float | None) -> str:
    return metric_text("easy_accuracy", value) or "undefined"
