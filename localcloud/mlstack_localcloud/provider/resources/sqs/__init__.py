"""Resource types of SQS: one a file, pure data."""
