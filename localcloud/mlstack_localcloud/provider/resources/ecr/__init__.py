"""Resource types of ECR: one a file, pure data."""
