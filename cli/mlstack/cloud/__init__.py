"""The cloud of an environment: clients that cannot reach another one by accident."""
