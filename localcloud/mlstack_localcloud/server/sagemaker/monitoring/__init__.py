"""Monitoring schedules at work: when they fire, over which data, and the processing job that they start."""
