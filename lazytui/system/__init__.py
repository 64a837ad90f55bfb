"""The machine: device, memory, cores; and optimizers without torch's compiler."""
