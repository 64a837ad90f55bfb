"""Side by side: what one analysis found of several networks, a lazy and a cured one say."""
