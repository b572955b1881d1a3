"""The model registry as the command line shows and changes it."""
