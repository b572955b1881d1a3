"""What monitors find: a run of them on demand, and their violations."""
