"""Resource types of EC2: one a file, pure data."""
