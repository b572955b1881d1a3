"""Bringing environments up and taking them down."""
