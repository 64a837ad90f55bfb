"""Groups: which training images contradict what a network relies on, without a label."""
