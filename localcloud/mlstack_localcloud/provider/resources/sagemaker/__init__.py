"""Resource types of SageMaker: one a file, pure data."""
