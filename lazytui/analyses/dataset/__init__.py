"""Dataset: paint a biased data set and measure its bias."""
