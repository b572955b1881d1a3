"""Batch transform: records of files, sent to a model and written beside them."""
