"""Resource types of IAM: one a file, pure data."""
