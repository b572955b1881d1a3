"""The Pulumi engine: finding it, installing it, and running it."""
