"""Other machines as if here: a server that speaks JSON lines, the line to it, and copies of its runs."""
