"""The machine: device, memory, cores, and optimizers that start quickly on it."""
