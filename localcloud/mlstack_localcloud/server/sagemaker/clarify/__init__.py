"""What the local cloud runs where a job asks for AWS's image `sagemaker-clarify-processing`.

It keeps that container's contract - the analysis configuration, paths and file formats - and imports the standard
library alone, because it runs in a job's own interpreter, started by `runtime/analyze.py`.

```
run.py            the stages of a job
configuration.py  analysis_config.json
calls.py          captured calls as rows
groups.py         which rows belong to a facet, and which labels are favourable
bias_metrics.py   metrics before and after training
bias.py           what they come to, and what is worse than a baseline
shapley.py        Shapley values of a function
explanations.py   what a model looks at, and how far that is from a baseline
predictor.py      asks a model, at an endpoint that is there as long as the job
requests.py       signed requests to the local cloud
```
"""
