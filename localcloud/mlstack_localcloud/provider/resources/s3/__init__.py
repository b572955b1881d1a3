"""Resource types of S3: one a file, pure data."""
