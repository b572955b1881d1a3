"""Resource types of KMS: one a file, pure data."""
