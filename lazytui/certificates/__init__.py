"""Certificates: what no perturbation within a budget can change, proved by bounds or by sampling."""
