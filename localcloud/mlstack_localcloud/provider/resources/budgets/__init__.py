"""Resource types of AWS Budgets: one a file, pure data."""
