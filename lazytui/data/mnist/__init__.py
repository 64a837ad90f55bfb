"""MNIST and Fashion-MNIST: downloading them and reading their files."""
