"""Asking the live endpoint."""
