"""Resource types of Application Auto Scaling: one a file, pure data."""
