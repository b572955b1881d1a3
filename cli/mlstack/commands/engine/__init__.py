"""`mlstack engine`: the Pulumi engine."""
