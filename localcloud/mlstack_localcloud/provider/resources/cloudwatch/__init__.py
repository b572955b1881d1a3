"""Resource types of CloudWatch, its Logs, and EventBridge: one a file, pure data."""
