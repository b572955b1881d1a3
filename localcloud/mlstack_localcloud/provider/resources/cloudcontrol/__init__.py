"""Resource types of Cloud Control: one a file, pure data."""
