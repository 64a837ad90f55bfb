"""Transfer: a trained network on data that it wasn't trained on."""
