"""SAE dial: features of one image turned down and up, and what the network says along the turn."""
