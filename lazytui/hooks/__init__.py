"""Reading, replacing and splitting a network's layers, in batches that fit the device."""
