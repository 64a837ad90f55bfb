"""The biased data sets: gray digits, the colors they wear, and the splits that lie."""
