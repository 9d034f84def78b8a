"""What points buy, who may have it, and that it is taken once."""
