"""`lazytui recipes`: the recipes of earlier studies and papers, with what they reported."""

from __future__ import annotations

import json as jsonlib

from lazytui.cli.common_options import JsonOption


def recipes(json: JsonOption = False) -> None:
    """List the recipes of earlier studies and papers, with what they reported."""
    from lazytui.analyses.recipe.earlier_studies import recipes as all_recipes
    from lazytui.analyses.recipe.earlier_studies import recipes_of_papers, recipes_of_studies
    from lazytui.analyses.recipe.papers import NO_PASS_MARK

    if json:
        entries = [{"recipe": name, **entry.as_written()} for name, entry in all_recipes().items()]
        print(jsonlib.dumps(entries, indent=1))
        return
    from lazytui.cli.lists.tables import print_table

    studies, papers = (
        [[name, entry.short_source, entry.reported_text, entry.about] for name, entry in entries.items()]
        for entries in (recipes_of_studies(), recipes_of_papers())
    )
    print_table(["recipe", "study", "reported", "what it is"], studies)
    print()
    print_table(["recipe", "paper", "reported", "what it is"], papers)
    print(
        f"\n{NO_PASS_MARK} Numbers from tables are quoted from memory.\n\n"
        "lazytui run recipe NAME runs one with three seeds and shows reported and measured numbers;\n"
        "lazytui run recipe all --preset quick runs all of the studies, lazytui run recipe papers all of papers.\n"
        "Reported shares are in percent."
    )
