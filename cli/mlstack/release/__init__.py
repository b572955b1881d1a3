"""Choosing, rolling out, proving and undoing a model version."""
