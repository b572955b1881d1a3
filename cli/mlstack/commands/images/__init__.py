"""`mlstack images`: container images of the project's own."""
