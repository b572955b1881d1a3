"""What the framework images of AWS bring along, as far as a job without Docker needs it.

An image is known by the name of its repository (`sagemaker-scikit-learn`, `pytorch-training`, ...; see the tables in
"Docker registry paths and example code" of the developer guide). Versions are left to the resolver, because the images'
own Python versions differ from this machine's; requirements.txt narrows them.
"""

from __future__ import annotations

ANALYZERS = {"sagemaker-model-monitor-analyzer": "analyzer", "sagemaker-clarify-processing": "clarify"}
"""The repositories of AWS's analyzers of monitoring jobs, in every region, and the packages that take their place."""

_PACKAGES: dict[str, tuple[str, ...]] = {
    "scikit-learn": ("scikit-learn", "pandas", "numpy", "joblib"),
    "xgboost": ("xgboost", "scikit-learn", "pandas", "numpy"),
    "pytorch": ("torch", "numpy"),
    "tensorflow": ("tensorflow", "numpy"),
    "huggingface": ("transformers", "datasets", "torch", "numpy"),
    "spark": ("pyspark", "pandas", "numpy"),
}


def packages_of(image: str) -> tuple[str, ...]:
    """Return the packages that code may expect of an image; none for an image that is not a framework's.

    Args:
        image: The image's address, such as `683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.2-1`.
    """
    repository = _repository(image)
    for framework, packages in _PACKAGES.items():
        if framework in repository:
            return packages
    return ()


def analyzer_of(image: str) -> str | None:
    """Return the package that the local cloud has in place of one of AWS's analyzers; None for any other image.

    Args:
        image: The image's address.
    """
    return ANALYZERS.get(_repository(image))


def _repository(image: str) -> str:
    return image.rsplit("/", 1)[-1].partition(":")[0].partition("@")[0]
