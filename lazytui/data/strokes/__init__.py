"""The source `strokes`: handwritten digits drawn from pen skeletons, without any download."""
