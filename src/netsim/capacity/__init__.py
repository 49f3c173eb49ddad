"""What simulation tells the optimizer: how much one lane of one format can carry at each level."""
