"""Neurons: what each channel of a layer responds to, and what happens without it."""
