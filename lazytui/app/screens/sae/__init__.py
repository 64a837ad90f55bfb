"""Features: a sparse autoencoder's features, each with a page, and their dose-response."""
