"""mlstack_components."""
