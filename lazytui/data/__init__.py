"""Biased data sets: gray digits, their colors, and the splits painted from them."""
