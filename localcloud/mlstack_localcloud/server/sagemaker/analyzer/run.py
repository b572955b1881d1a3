"""The stages of a job of the analyzer.

| stage | takes | gives |
| --- | --- | --- |
| read | `dataset_source` in the form of `dataset_format` | columns |
| measure | columns | statistics.json |
| suggest | columns, where there is no baseline | constraints.json |
| compare | columns, `baseline_constraints`, `baseline_statistics` | constraint_violations.json, metrics, a message |

With the `analysis_type` MODEL_QUALITY, `model_quality.py` measures predictions beside their labels in place of columns.

Sources of variables and files:
https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-byoc-contract-inputs.html and
https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-byoc-contract-outputs.html.
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlstack_localcloud.server.sagemaker.analyzer import captured, constraints, dataset, labels, metrics
from mlstack_localcloud.server.sagemaker.analyzer.model_quality import ModelQuality
from mlstack_localcloud.server.sagemaker.analyzer.violations import Comparison

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mlstack_localcloud.server.sagemaker.analyzer.columns import Column

NO_DATA = "Job inputs had no data"
NO_VIOLATIONS = "Completed: Job completed successfully with no violations."
MODEL_QUALITY = "MODEL_QUALITY"
"""The `analysis_type` of jobs that measure a model, as the sagemaker SDK calls it."""
_CAPTURE = "sagemakerCaptureJson"


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
        limits = self._document("baseline_constraints")
        if self.variables.get("analysis_type") == MODEL_QUALITY:
            return self._judge(limits)
        columns = self._columns([each["name"] for each in (limits or {}).get("features", [])])
        rows = len(columns[0].values) if columns else 0
        features = [column.statistics() for column in columns]
        known = {"version": 0.0, "dataset": {"item_count": rows}, "features": features}
        self._write("statistics.json", known)
        if limits is None:
            self._write("constraints.json", constraints.suggest(columns))
            return NO_VIOLATIONS
        return self._compare(limits, columns)

    def _compare(self, limits: dict[str, Any], columns: Sequence[Column]) -> str:
        comparison = Comparison(limits, self._document("baseline_statistics"), columns)
        found = comparison.violations()
        self._write("constraints.json", limits)
        self._write("constraint_violations.json", {"violations": found})
        if limits.get("monitoring_config", {}).get("emit_metrics", "Enabled") == "Enabled":
            self._publish(columns, comparison.drifts())
        return _message(found)

    def _judge(self, limits: dict[str, Any] | None) -> str:
        """Measure the predictions of a model."""
        quality = ModelQuality(self.variables, self._predictions())
        self._write("statistics.json", quality.statistics())
        if limits is None:
            self._write("constraints.json", quality.constraints())
            return NO_VIOLATIONS
        found = quality.violations(limits)
        self._write("constraints.json", limits)
        self._write("constraint_violations.json", {"violations": found})
        self._tell(metrics.plain_lines(quality.measured[0], *self._place))
        return _message(found)

    def _predictions(self) -> list[dataset.Row]:
        form, source = json.loads(self.variables["dataset_format"]), Path(self.variables["dataset_source"])
        if _CAPTURE not in form:
            return list(dataset.rows_of(form, source))
        script = self.variables.get("record_preprocessor_script")
        handler = captured.load_handler(Path(script)) if script else None
        window = self._time("start_time"), self._time("end_time")
        calls = (
            (record["eventMetadata"], captured.rows(record, handler, ()))
            for record in captured.records(source, *window)
        )
        return list(labels.merged(calls, labels.read_labels(Path(self.variables["ground_truth_source"]))))

    def _publish(self, columns: Sequence[Column], drifts: dict[str, float]) -> None:
        self._tell(metrics.lines(columns, drifts, *self._place))

    @property
    def _place(self) -> tuple[str, str]:
        names = ("sagemaker_endpoint_name", "sagemaker_monitoring_schedule_name")
        endpoint, schedule = (self.variables.get(name, "") for name in names)
        return endpoint, schedule

    def _tell(self, lines: str) -> None:
        if self.variables.get("publish_cloudwatch_metrics", "Enabled") != "Enabled":
            return
        file = self.base / metrics.FILE
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(lines, encoding="utf-8")

    def _columns(self, names: list[str]) -> list[Column]:
        form = json.loads(self.variables["dataset_format"])
        source = Path(self.variables["dataset_source"])
        if _CAPTURE in form:
            rows = list(self._captured(source, names))
            if not rows:
                raise dataset.DatasetError(NO_DATA)
            return dataset.columns_of(rows, names)
        return dataset.columns_of(dataset.rows_of(form, source))

    def _captured(self, source: Path, names: list[str]) -> Iterator[dataset.Row]:
        script = self.variables.get("record_preprocessor_script")
        handler = captured.load_handler(Path(script)) if script else None
        window = self._time("start_time"), self._time("end_time")
        for record in captured.records(source, *window):
            yield from captured.rows(record, handler, names)

    def _time(self, name: str) -> datetime | None:
        text = self.variables.get(name)
        return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC) if text else None

    def _document(self, name: str) -> dict[str, Any] | None:
        path = self.variables.get(name)
        if not path:
            return None
        found: dict[str, Any] = json.loads(Path(path).read_text(encoding="utf-8"))
        return found

    def _write(self, name: str, document: dict[str, Any]) -> None:
        folder = Path(self.variables["output_path"])
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(json.dumps(document, indent=2), encoding="utf-8")


def _message(violations: Sequence[object]) -> str:
    if not violations:
        return NO_VIOLATIONS
    return f"CompletedWithViolations: Job completed successfully with {len(violations)} violations."


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
