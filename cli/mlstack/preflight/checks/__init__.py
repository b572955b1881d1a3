"""The checks of an account, one a file."""
