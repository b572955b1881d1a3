"""EventBridge Scheduler: moto keeps the schedules, and these modules make them do something."""
