"""Making an account ready: the state backend of its stacks, and the packages that run them where there is no index."""
