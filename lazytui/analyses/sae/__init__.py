"""SAE: a layer decomposed into features by a sparse autoencoder."""
