"""Saliency: maps of the evidence for a class, scores of such maps, and tests by repainting. Start with `explainer`."""
