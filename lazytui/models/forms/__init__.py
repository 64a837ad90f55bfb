"""Other forms of an architecture, which a training method asks for."""
