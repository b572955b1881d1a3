"""analysis_config.json: what a job is asked for.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-processing-job-configure-analysis.html.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mlstack_localcloud.server.sagemaker.analyzer.dataset import DatasetError

if TYPE_CHECKING:
    from pathlib import Path

PRE_TRAINING, POST_TRAINING, SHAP = "pre_training_bias", "post_training_bias", "shap"
_METHODS = frozenset({PRE_TRAINING, POST_TRAINING, SHAP, "report"})
_UNSUPPORTED = (
    "facet_dataset_uri",
    "predicted_label_dataset_uri",
    "excluded_columns",
    "segment_config",
    "group_variable",
    "time_series_data_config",
    "dataset_uri",
)


@dataclass(frozen=True)
class Configuration:
    """The file's content.

    Attributes:
        document: The content.
    """

    document: dict[str, Any]

    @classmethod
    def read(cls, directory: Path) -> Configuration:
        """Read the file.

        Args:
            directory: Where the input `analysis_config` is.

        Raises:
            DatasetError: It is not there, is no JSON, or asks for what the local cloud has not.
        """
        path = directory / "analysis_config.json"
        if not path.is_file():
            raise DatasetError("The input analysis_config has no analysis_config.json.")
        try:
            document = json.loads(path.read_text(encoding="utf-8"))
        except ValueError as error:
            raise DatasetError(f"analysis_config.json is no JSON: {error}") from error
        unknown = [name for name in _UNSUPPORTED if name in document]
        unknown += [f"methods.{name}" for name in document.get("methods", {}) if name not in _METHODS]
        if unknown:
            raise DatasetError(f"The local cloud does not support {unknown[0]} of analysis_config.json.")
        if document.get("dataset_type", "text/csv") not in {"text/csv", "application/sagemakercapturejson"}:
            raise DatasetError(f"The local cloud does not support the dataset_type {document['dataset_type']}.")
        return cls(document)

    @property
    def methods(self) -> dict[str, Any]:
        """The analyses; both of bias where none is named."""
        found: dict[str, Any] = self.document.get("methods") or {PRE_TRAINING: {}, POST_TRAINING: {}}
        return found

    @property
    def headers(self) -> list[str]:
        """The columns' names; empty where the dataset has them itself."""
        return [str(name) for name in self.document.get("headers", [])]

    @property
    def label(self) -> str | None:
        """The column with the label."""
        found = self.document.get("label")
        return None if found is None else str(found)

    @property
    def predicted_label(self) -> str | None:
        """The column with the prediction, where the dataset has it."""
        found = self.document.get("predicted_label")
        return None if found is None else str(found)

    @property
    def features(self) -> list[str]:
        """The headers without the label."""
        return [name for name in self.headers if name not in {self.label, self.predicted_label}]

    @property
    def predictor(self) -> dict[str, Any]:
        """How the model is asked."""
        found: dict[str, Any] = self.document.get("predictor", {})
        return found
