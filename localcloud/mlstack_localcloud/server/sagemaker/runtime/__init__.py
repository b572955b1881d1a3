"""Scripts that run outside the daemon, with the standard library alone.

`launch.py` stands beside every process, `serve.py` runs in a model's own environment,
`analyze.py` in a monitoring job's.
"""
