"""What the local cloud runs where a job asks for AWS's image `sagemaker-model-monitor-analyzer`.

It keeps that container's contract - environment variables, paths and file formats - and imports the standard library
alone, because it runs in a job's own interpreter, started by `runtime/analyze.py`.

```
run.py          the stages of a job
dataset.py      the rows: CSV, JSON, or captured calls
captured.py     captured calls as rows, with the record preprocessor
columns.py      a column's statistics
sketch.py       quantiles of numbers
distance.py     how far two distributions are from each other
constraints.py  what a baseline suggests
violations.py   what breaks it
labels.py       labels that come later, merged with the calls
model_quality.py, quality_metrics.py   what predictions are worth beside their labels
metrics.py      what CloudWatch is told
```
"""
