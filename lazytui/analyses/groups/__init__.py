"""Groups: which training images contradict what a network goes by, without a label."""
