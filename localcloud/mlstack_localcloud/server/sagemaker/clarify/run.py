"""The stages of a job of Clarify.

| stage | takes | gives |
| --- | --- | --- |
| read | analysis_config.json, the dataset: CSV files, or captured calls and their labels | rows |
| measure | rows, for Shapley values the model too | analysis.json |
| compare | analysis.json, where there is a baseline | constraint_violations.json, metrics, a message |

Paths: https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-processing-job-configure-parameters.html; a monitor's job
finds calls and baseline as those of Model Monitor do. `analysis_type`, in the words of the sagemaker SDK, says which
monitor's job it is.
"""

from __future__ import annotations

import json
import os
import secrets
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlstack_localcloud.server.sagemaker.analyzer import captured, dataset, labels, metrics
from mlstack_localcloud.server.sagemaker.clarify import bias, calls, explanations, predictor
from mlstack_localcloud.server.sagemaker.clarify.configuration import SHAP, Configuration
from mlstack_localcloud.server.sagemaker.clarify.requests import Client

if TYPE_CHECKING:
    from collections.abc import Mapping

NO_DATA = "Job inputs had no data"
NO_VIOLATIONS = "Completed: Job completed successfully with no violations."
ANALYSIS_FILE = "analysis.json"
_ANSWER = "_answer"

Document = dict[str, Any]


@dataclass(frozen=True)
class Job:
    """What a job is asked for.

    Attributes:
        variables: Its environment variables.
        base: What `/opt/ml` is for it.
    """

    variables: Mapping[str, str]
    base: Path

    def run(self) -> str:
        """Work through the stages and return the message that the job leaves.

        Raises:
            DatasetError: The dataset can't be analyzed.
        """
        explains = SHAP in self.configuration.methods
        analysis = self._explained() if explains else self._biased()
        self._write(ANALYSIS_FILE, analysis)
        baseline = self._baseline()
        if baseline is None:
            return NO_VIOLATIONS
        module = explanations if explains else bias
        found = module.violations(analysis, baseline)
        self._write("constraint_violations.json", {"version": "1.0", "violations": found})
        self._tell(module.metric_entries(analysis))
        if not found:
            return NO_VIOLATIONS
        return f"CompletedWithViolations: Job completed successfully with {len(found)} violations."

    @cached_property
    def configuration(self) -> Configuration:
        """The analysis configuration."""
        return Configuration.read(self.base / "processing" / "input" / "config")

    def _explained(self) -> Document:
        if "AWS_ENDPOINT_URL" not in self.variables:
            raise dataset.DatasetError("The model can't be asked: the job is isolated from any network.")
        model = self.variables.get("clarify_model_name")
        asked = {**self.configuration.predictor, **({"model_name": model} if model else {})}
        with predictor.scores(asked, Client(self.variables), secrets.token_hex(8)) as score:
            return explanations.explained(self.configuration, self._features(), score)

    def _features(self) -> list[dataset.Row]:
        if self._captures is None:
            other = {self.configuration.label, self.configuration.predicted_label}
            return [{name: row[name] for name in row if name not in other} for row in self._rows()]
        features = self.configuration.features
        found = [row for record in self._records() for row in calls.asked_rows(record, features)]
        if not found:
            raise dataset.DatasetError(NO_DATA)
        return found

    def _biased(self) -> Document:
        configuration = self.configuration
        if self._captures is not None:
            rows = self._labelled()
            return bias.Bias(
                configuration, rows, [row[labels.LABEL] for row in rows], [row[_ANSWER] for row in rows]
            ).analysis()
        rows, label, predicted = self._rows(), configuration.label, configuration.predicted_label
        for name in (label, predicted):
            if name is not None and any(name not in row for row in rows):
                raise dataset.DatasetError(f"The dataset has no column {name}.")
        if label is None:
            raise dataset.DatasetError("analysis_config.json does not name the label.")
        predictions = None if predicted is None else [row[predicted] for row in rows]
        return bias.Bias(configuration, rows, [row[label] for row in rows], predictions).analysis()

    def _labelled(self) -> list[dataset.Row]:
        """The rows of captured calls that have a label, with the answers."""
        column = int(self.variables.get("inference_attribute", 0))
        features = self.configuration.features
        asked = ((record["eventMetadata"], self._answered(record, features, column)) for record in self._records())
        found = list(labels.merged(asked, labels.read_labels(Path(self.variables["ground_truth_source"]))))
        if not found:
            raise dataset.DatasetError(f"{NO_DATA}: no call has a label")
        return found

    def _answered(self, record: Document, features: list[str], column: int) -> list[dataset.Row]:
        rows, answers = calls.asked_rows(record, features), calls.answered(record, column)
        if len(rows) != len(answers):
            raise dataset.DatasetError(
                f"A call of {len(rows)} rows was answered with {len(answers)} lines: to CSV without a header line the "
                "answer must have none either."
            )
        return [{**row, _ANSWER: answer} for row, answer in zip(rows, answers, strict=True)]

    def _rows(self) -> list[dataset.Row]:
        headers = self.configuration.headers
        found = list(dataset.csv_rows(self.base / "processing" / "input" / "data", header=not headers))
        if not found:
            raise dataset.DatasetError(NO_DATA)
        return found if not headers else [dict(zip(headers, row.values(), strict=False)) for row in found]

    @property
    def _captures(self) -> Path | None:
        source = self.variables.get("dataset_source")
        return Path(source) if source else None

    def _records(self) -> list[Document]:
        window = self._time("start_time"), self._time("end_time")
        return [] if self._captures is None else list(captured.records(self._captures, *window))

    def _time(self, name: str) -> datetime | None:
        text = self.variables.get(name)
        return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC) if text else None

    def _baseline(self) -> Document | None:
        path = self.variables.get("baseline_constraints")
        found: Document | None = json.loads(Path(path).read_text(encoding="utf-8")) if path else None
        return found

    def _tell(self, entries: list[tuple[str, float, dict[str, str]]]) -> None:
        if self.variables.get("publish_cloudwatch_metrics", "Enabled") != "Enabled":
            return
        names = ("sagemaker_endpoint_name", "sagemaker_monitoring_schedule_name")
        endpoint, schedule = (self.variables.get(name, "") for name in names)
        file = self.base / metrics.FILE
        file.parent.mkdir(parents=True, exist_ok=True)
        lines = (metrics.plain_line(name, value, endpoint, schedule, **more) for name, value, more in entries)
        file.write_text("".join(lines), encoding="utf-8")

    def _write(self, name: str, document: Document) -> None:
        folder = Path(self.variables.get("output_path") or self.base / "processing" / "output")
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(json.dumps(document, indent=2), encoding="utf-8")


def main() -> None:
    """Run the job that the environment describes."""
    job = Job(os.environ, Path(os.environ["SAGEMAKER_BASE_DIR"]))
    output = job.base / "output"
    output.mkdir(parents=True, exist_ok=True)
    try:
        message = job.run()
    except dataset.DatasetError as error:
        (output / "message").write_text(f"Error: {error}", encoding="utf-8")
        sys.exit(str(error))
    (output / "message").write_text(message, encoding="utf-8")
    sys.stdout.write(message + "\n")


if __name__ == "__main__":
    main()
