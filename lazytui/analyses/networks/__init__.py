"""The network under study: how it is named and loaded, and a second one beside it."""
