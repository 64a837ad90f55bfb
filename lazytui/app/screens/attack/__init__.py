"""Attack: smallest changes over many images, and one image attacked live."""
