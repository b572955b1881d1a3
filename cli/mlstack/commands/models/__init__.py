"""`mlstack models`: the model versions of a project."""
