"""Ask: what networks say of one image, from a file or drawn by hand."""
