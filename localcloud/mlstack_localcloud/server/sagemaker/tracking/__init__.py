"""Experiment tracking: real MLflow servers behind the gateway."""
