"""Resource types of EventBridge Scheduler: one a file, pure data."""
