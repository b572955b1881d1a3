"""Container images of the project's own: built in the cloud, and listed."""
