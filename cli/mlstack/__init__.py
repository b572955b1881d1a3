"""mlstack: generate, provision and run the infrastructure around machine-learning code."""

__version__ = "0.1.0"
