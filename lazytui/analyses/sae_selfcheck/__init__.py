"""SAE self-check: do the variants find features that are known?"""
