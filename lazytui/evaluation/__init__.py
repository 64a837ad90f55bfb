"""How good a classifier is, and what it looks at to be so: digit or color."""
