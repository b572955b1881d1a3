"""Resource types of SNS: one a file, pure data."""
