"""SageMaker in the local cloud: what its API describes really runs, as processes of this machine.

```
service.py        the API: operations by name, validation, invocation of endpoints, life cycle
resources/        one file a resource: its operations and its state machine
pipelines/        pipeline definitions: expressions, conditions, steps, what a run executes
execution/        jobs as processes: directories, environments, transfers, logs, outcomes
serving/          endpoints as processes: fleets, connections, the router
monitoring/       when monitoring schedules fire, and the jobs that they start
analyzer/         what those jobs run; it imports the standard library alone
runtime/          scripts that run in the jobs' own interpreters; they import nothing of this package
```
"""
