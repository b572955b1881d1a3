"""`mlstack local`: the local cloud."""
