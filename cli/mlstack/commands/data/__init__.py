"""`mlstack data`: the datasets of an environment."""
