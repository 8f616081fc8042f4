"""The only reader of AWS: it answers reads with data for the snapshot, and decides nothing."""
