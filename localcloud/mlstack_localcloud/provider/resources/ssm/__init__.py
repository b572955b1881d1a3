"""Resource types of Systems Manager: one a file, pure data."""
