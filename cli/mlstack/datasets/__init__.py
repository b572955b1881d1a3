"""Datasets in the data bucket of an environment: pushing, finding and showing versions."""
