"""Other programs that show a run's curves and figures: TensorBoard, and Weights & Biases."""
