"""What can be chosen of `attack`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, Self

from pydantic import BeforeValidator, ConfigDict, Field, field_validator, model_validator

from lazytui.analyses.core.analysis import RunReference
from lazytui.analyses.networks.class_choice import ClassName, class_name, read_class
from lazytui.analyses.networks.model_under_study import ModelUnderStudyParams
from lazytui.analyses.networks.score_choice import ScoreName, read_score, score_in_words
from lazytui.attacks import ATTACKS
from lazytui.attacks.source_pools import POOLS, Pool
from lazytui.catalog_fields import ChosenOptions, merged_options, name_field, require_name, summaries, with_defaults
from lazytui.code_permission import is_score_code
from lazytui.counted_nouns import with_article
from lazytui.data.content import DIGITS, Content
from lazytui.errors import UsageError

FEWEST = 10
"""Sources below which no rate is computed."""

LARGEST_BUDGET = {"linf": 0.5, "l2": 12.0}
"""The largest budget that is tried by default, by norm."""

_SOURCE, _TARGET = 7, 3
"""The classes where nobody chose any."""

_FEWEST_COMPARED = 3
"""Classes of which an attack that compares several logits takes some."""


def require_two_classes(source: str, target: str) -> None:
    """Raise ValueError where both are the same."""
    if source == target:
        raise ValueError(f"The source and the target are both {source}: choose two classes.")


if TYPE_CHECKING:
    AllAttackOptions = ChosenOptions
else:
    AllAttackOptions = merged_options("AllAttackOptions", ATTACKS, heading="Options of attacks")


def named_score(params: AttackSetting, content: Content) -> ScoreName | None:
    """What is raised instead of a class's probability; None where that isn't asked for. Raises UsageError for anything
    that is no score."""
    if params.score is None:
        return None
    score = read_score(params.score, content)
    if score is None:
        raise UsageError(f"--score {params.score!r:.60} is neither margin:A,B, of two classes, nor file.py:function.")
    return score


def goal_in_words(params: AttackSetting, content: Content) -> str:
    """`margin 3 - 8 above 0`; empty where a class is wanted."""
    score = named_score(params, content)
    return "" if score is None else f"{score_in_words(score, content)} above {params.threshold:g}"


def _class_named(option: str, text: str, content: Content) -> str:
    try:
        return content.classes[read_class(text, content)]
    except UsageError as error:
        raise UsageError(f"{option}: {error}") from error


class AttackSetting(AllAttackOptions, ModelUnderStudyParams):
    """Which network, which attack, from which class to which, and within which budget."""

    model_config = ConfigDict(defer_build=False)  # not in whichever thread uses it first
    HEADING: ClassVar[str] = ""

    attack: str = name_field("pgd", "A name from `lazytui attacks`.", summaries(ATTACKS))
    source_class: Annotated[str, BeforeValidator(str), Field(min_length=1, max_length=60)] = Field(
        str(_SOURCE),
        description="The class of the source images, by name or number; all: every class but the target. With fewer "
        "than eight classes the default is the first.",
        json_schema_extra={"choices": [*DIGITS, "all"]},
    )
    target_class: ClassName = Field(
        _TARGET,
        description="The class to reach, by name or number; the pool target-colored has its value of the attribute.",
    )
    targeted: bool = Field(True, description="Attack towards the target class; otherwise away from the source class.")
    score: str | None = Field(
        None,
        max_length=1000,
        description="A score to raise instead of the target's probability: margin:3,8, the logit of one class minus "
        "another's, or your own function, file.py:function, from logits (n, classes) to (n,).",
    )
    above: float | None = Field(
        None,
        allow_inf_nan=False,
        description="The value that the score must exceed. The default for a margin is 0, where it changes sign; a "
        "function needs one.",
    )
    epsilon: float = Field(
        0.05,
        gt=0,
        le=50,
        description="The budget at which rates are reported: the largest change of a value (linf), rounded down to "
        "whole levels of 255, or the Euclidean distance (l2).",
    )
    largest: float | None = Field(None, gt=0, le=50, description="The largest budget to search [linf 0.5, l2 12].")
    seed: int = Field(0, ge=0, lt=2**63, description="Random seed of the starts.")

    @model_validator(mode="before")
    @classmethod
    def _take_own_options(cls, values: Any) -> Any:
        """With the attack's defaults, and without the options of others, which older runs have recorded."""
        filled = with_defaults(values, "attack", "pgd", ATTACKS)
        choice = filled.get("attack", "pgd") if isinstance(filled, dict) else None
        if not isinstance(choice, str) or choice not in ATTACKS:
            return filled
        own = ATTACKS[choice].options.model_fields
        return {name: value for name, value in filled.items() if name in own or name not in cls.OPTIONS}

    @field_validator("attack")
    @classmethod
    def _known_attack(cls, attack: str) -> str:
        return require_name("attack", attack, ATTACKS)

    @model_validator(mode="after")
    def _check(self) -> Self:
        require_two_classes(self.source_class, str(self.target_class))
        if ATTACKS[self.attack].needs_target and not self.targeted:
            raise ValueError(f"{self.attack} goes towards a target: leave targeted on, or choose another attack.")
        self._check_score()
        if ATTACKS[self.attack].norm == "linf" and max(self.epsilon, self.largest or 0) > 1:
            raise ValueError(f"{self.attack} changes values between 0 and 1: a budget over 1 means nothing.")
        if self.epsilon > self.budget:
            raise ValueError(f"--epsilon {self.epsilon:g} is more than the largest budget, {self.budget:g}.")
        return self

    def _check_score(self) -> None:
        """Raise ValueError for what doesn't go together with a score, or without one."""
        if self.score is None:
            if self.above is not None:
                raise ValueError("--above is what a score has to exceed: give --score too.")
            return
        if not self.targeted:
            raise ValueError("A score is raised, so it is a target: leave targeted on.")
        if ATTACKS[self.attack].needs_target:
            raise ValueError(f"{self.attack} goes towards a class, so it raises no score: choose another attack.")
        if ATTACKS[self.attack].needs_classes:
            raise ValueError(
                f"{self.attack} uses the logits of several classes, so it can't raise a score: use apgd-ce."
            )
        if self.above is None and is_score_code(self.score):
            raise ValueError("A function needs --above: the value that it must exceed for an attack to succeed.")

    def in_content(self, content: Content) -> Self:
        """The same with the classes by name. Raises UsageError where there are none such."""
        source, target = self._chosen_names(content)
        try:
            source = source if source == "all" else _class_named("--source-class", source, content)
            target = _class_named("--target-class", target, content)
            require_two_classes(source, target)
        except ValueError as error:
            raise UsageError(str(error)) from error
        if len(content.classes) < _FEWEST_COMPARED and ATTACKS[self.attack].needs_classes:
            raise UsageError(f"{self.attack} needs the logits of three classes, and there are two: use apgd-ce.")
        named_score(self, content)
        return self.model_copy(update={"source_class": source, "target_class": class_name(target)})

    def _chosen_names(self, content: Content) -> tuple[str, str]:
        """Source and target; where nobody chose one and there are too few classes for the default, the first other."""
        source, target = self.source_class, str(self.target_class)
        if len(content.classes) > _SOURCE:
            return source, target
        own = self.model_fields_set
        if "source_class" not in own:
            taken = read_class(target, content) if "target_class" in own else 1
            source = content.classes[1 if taken == 0 else 0]
        if "target_class" not in own:
            taken = 0 if source == "all" else read_class(source, content)
            target = content.classes[1 if taken == 0 else 0]
        return source, target

    def target_label(self, content: Content) -> int:
        """Which class the target is."""
        return read_class(self.target_class, content)

    def source_labels(self, content: Content) -> tuple[int, ...]:
        """Which classes the sources are of."""
        if self.source_class != "all":
            return (read_class(self.source_class, content),)
        target = self.target_label(content)
        return tuple(label for label in range(len(content.classes)) if not (self.targeted and label == target))

    def source_label(self, content: Content) -> int:
        """Which class a single source is of; of all classes the first but the target."""
        return next(label for label in self.source_labels(content) if label != self.target_label(content))

    @property
    def threshold(self) -> float:
        """What a score has to exceed."""
        return self.above or 0.0

    @property
    def source_name(self) -> str:
        """What is attacked, in words."""
        return "every class" if self.source_class == "all" else with_article(self.source_class)

    @property
    def attack_options(self) -> dict[str, int]:
        """What the attack is given besides its budget."""
        defaults = ATTACKS[self.attack].defaults
        return {name: getattr(self, name) or default for name, default in defaults.items()}

    def with_attack(self, name: str) -> Self:
        """The same of another attack, with its defaults; what was chosen otherwise stays where it has that option."""
        before, after = ATTACKS[self.attack].defaults, ATTACKS[name].defaults
        chosen = {o: value for o, value in self.attack_options.items() if o in after and value != before[o]}
        return self.model_copy(update={"attack": name, **dict.fromkeys(self.OPTIONS), **after, **chosen})

    @property
    def budget(self) -> float:
        """The largest budget that is tried."""
        return self.largest or max(LARGEST_BUDGET[ATTACKS[self.attack].norm], self.epsilon)


class AttackParams(AttackSetting):
    """Which networks, which attack, and from which images."""

    against: Annotated[tuple[str, ...], RunReference(kinds=("train",))] = Field(
        (), description="Other networks to compare with, on the same images."
    )
    pool: Literal["all", "aligned", "neutral", "target-colored"] = Field(
        "all",
        description="The sources' color, or other attribute: that of their class (aligned), every value (neutral), or "
        "the target's. Data that can't be repainted use the test images with that value; neutral uses all of them.",
    )
    sources: int = Field(
        100,
        ge=FEWEST,
        le=10_000,
        description="Images of each source class in a pool, at most those of the test split; a claim needs 100 and "
        "three networks.",
    )
    keep: int = Field(
        24,
        ge=1,
        le=1000,
        description="Sources of each pool to keep with their adversarial images, for `lazytui export RUN x.npz`.",
    )

    @property
    def pools(self) -> tuple[Pool, ...]:
        return tuple(name for name in POOLS if self.pool in ("all", name))

    @property
    def network_params(self) -> list[ModelUnderStudyParams]:
        """Every network, shown the data that are asked for the first."""
        first = ModelUnderStudyParams(run=self.run, model=self.model, device=self.device, **self.other_data)
        return [first, *(first.model_copy(update={"run": run, "model": None}) for run in self.against)]
