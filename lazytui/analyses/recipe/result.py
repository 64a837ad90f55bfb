"""What the result of `recipe` holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import AfterValidator

from lazytui.analyses.core.metric_catalog import METRICS
from lazytui.analyses.recipe.recipe_catalog import Recipe, Tolerance
from lazytui.analyses.study.result import StudyFacts
from lazytui.analyses.trainings.group_facts import Key
from lazytui.runs.result_contents import Contents

if TYPE_CHECKING:
    from lazytui.analyses.recipe.params import RecipeParams


def _known_metrics(recipe: Recipe) -> Recipe:
    if not recipe.reported or not set(recipe.reported) <= set(METRICS):
        raise ValueError("what it reports isn't known")
    return recipe


class RecipeFacts(StudyFacts):
    recipe: Annotated[Recipe, AfterValidator(_known_metrics)]
    own: Key
    tolerance: Tolerance


CONTENTS: Contents[RecipeParams] = Contents(facts=RecipeFacts)
