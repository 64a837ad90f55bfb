"""Files: written whole or not at all, read with limits, wherever they lie."""
