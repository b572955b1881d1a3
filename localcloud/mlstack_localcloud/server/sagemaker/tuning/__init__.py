"""How tuning jobs search."""
