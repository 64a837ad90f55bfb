"""Certify: which perturbations of an image provably can't change a network's answer, beside those that do."""
