"""Pipeline definitions: what they say, how their expressions resolve, and how a run executes their steps."""
