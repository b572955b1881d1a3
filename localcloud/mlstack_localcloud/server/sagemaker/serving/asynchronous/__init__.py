"""Asynchronous inference: calls that wait in a queue, and whose answers are written to S3."""
