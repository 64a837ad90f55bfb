"""The variants of sparse autoencoders, a file each."""
