"""The tags that every resource of a project carries."""

from __future__ import annotations


def project_tags(*, project: str, environment: str, owner: str, template: str | None = None) -> dict[str, str]:
    """Return the tags of all resources of an environment.

    Args:
        project: The project's name.
        environment: The environment's name, such as `prod`.
        owner: Who answers for it: a team or an address.
        template: The template and version that the project was made from, as `realtime@1.0.0`; None where unknown.
    """
    tags = {"mlstack:project": project, "mlstack:environment": environment, "mlstack:owner": owner}
    return tags if template is None else {**tags, "mlstack:template": template}


def with_commit(tags: dict[str, str], commit: str | None) -> dict[str, str]:
    """Return the tags of a resource that is made from a commit: bundle, pipeline, model, endpoint configuration.

    Only those carry it; otherwise every commit would touch every resource.

    Args:
        tags: The project's tags.
        commit: The commit's id, or None outside version control.
    """
    return tags if commit is None else {**tags, "mlstack:commit": commit}
