"""Pulumi components for Amazon Web Services, one a file."""
