"""Resource types of Cost Explorer: one a file, pure data."""
