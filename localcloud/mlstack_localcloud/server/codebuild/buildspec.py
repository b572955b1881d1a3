"""Reads a buildspec, and makes one shell script of its phases.

Since version 0.2 all commands of a build run in one shell, so that `cd` and `export` reach the next one; what follows
here keeps that, and writes down where a phase begins and how it ends.
https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass, field
from typing import Any

import yaml

PHASES = ("install", "pre_build", "build", "post_build")
"""The phases that have commands, in their order."""
_KEYS = {
    "": {"version", "env", "phases", "artifacts"},
    "env": {"shell", "variables", "parameter-store", "secrets-manager", "exported-variables"},
    "phase": {"commands", "finally", "on-failure", "runtime-versions"},
    "artifacts": {"files", "base-directory", "discard-paths", "name"},
}


class BuildspecError(Exception):
    """A buildspec can't be used; the text says why."""


@dataclass(frozen=True)
class Phase:
    """The commands of a phase.

    Attributes:
        commands: What it runs, one after another, until one fails.
        finally_commands: What it runs at its end whatever happened.
        goes_on: Whether the build goes on when it fails.
    """

    commands: tuple[str, ...] = ()
    finally_commands: tuple[str, ...] = ()
    goes_on: bool = False


@dataclass(frozen=True)
class Buildspec:
    """What a build does.

    Attributes:
        shell: The shell: `sh` or `bash`.
        variables: Environment variables with their values.
        parameters: Environment variables with the names of parameters of SSM.
        secrets: Environment variables with secrets: `<id>[:<key>]`.
        exported: The variables that the build tells.
        phases: The phases that it has, by name.
        artifacts: Patterns of the files that are its artifacts.
        base_directory: Where these patterns begin.
        discard_paths: Whether artifacts lose their folders.
    """

    shell: str = "sh"
    variables: dict[str, str] = field(default_factory=dict)
    parameters: dict[str, str] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)
    exported: tuple[str, ...] = ()
    phases: dict[str, Phase] = field(default_factory=dict)
    artifacts: tuple[str, ...] = ()
    base_directory: str = ""
    discard_paths: bool = False


def parse(text: str) -> Buildspec:
    """Read a buildspec.

    Args:
        text: It, as YAML or JSON.

    Raises:
        BuildspecError: It is none, or has what the local cloud does not implement.
    """
    try:
        content = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise BuildspecError(f"YAML_FILE_ERROR Message: {error}") from error
    if not isinstance(content, dict) or str(content.get("version")) != "0.2":
        raise BuildspecError("YAML_FILE_ERROR Message: the buildspec has no `version: 0.2`")
    _known(content, "", "the buildspec")
    environment, artifacts = _mapping(content, "env"), _mapping(content, "artifacts")
    _known(environment, "env", "env")
    _known(artifacts, "artifacts", "artifacts")
    shell = str(environment.get("shell", "sh")).rpartition("/")[2]
    if shell not in {"sh", "bash"}:
        raise BuildspecError(f"YAML_FILE_ERROR Message: the local cloud has no shell {shell}")
    return Buildspec(
        shell=shell,
        variables=_texts(environment, "variables"),
        parameters=_texts(environment, "parameter-store"),
        secrets=_texts(environment, "secrets-manager"),
        exported=_lines(environment, "exported-variables"),
        phases=_phases(_mapping(content, "phases")),
        artifacts=_lines(artifacts, "files"),
        base_directory=str(artifacts.get("base-directory", "")),
        discard_paths=str(artifacts.get("discard-paths", "no")).lower() in {"yes", "true"},
    )


def script(spec: Buildspec) -> str:
    """Make the shell script of a buildspec.

    Args:
        spec: The buildspec.

    Returns:
        The script. It appends a line to the file of its first argument for each phase that begins (`build begin`) or
        ends (`build end 0`), and the exported variables' values to that of its second.
    """
    lines = ["_phases=$1; _exports=$2; _failed=0", _RUN]
    for name in PHASES:
        phase = spec.phases.get(name)
        if phase is None:
            continue
        # What was built badly is still told after: post_build runs when build has failed, and not when one before has.
        condition = '[ "$_failed" != 2 ]' if name == "post_build" else '[ "$_failed" = 0 ]'
        severity = 1 if name in {"build", "post_build"} else 2
        lines += [f"if {condition}; then", f'echo "{name} begin" >> "$_phases"; _status=0']
        lines += [f'[ "$_status" = 0 ] && _run {shlex.quote(command)}' for command in phase.commands]
        if phase.finally_commands:
            lines.append("_kept=$_status")
            lines += [f"_run {shlex.quote(command)}" for command in phase.finally_commands]
            lines.append('[ "$_kept" = 0 ] || _status=$_kept')
        lines.append(f'echo "{name} end $_status" >> "$_phases"')
        if not phase.goes_on:
            lines.append(f'[ "$_status" = 0 ] || [ "$_failed" != 0 ] || _failed={severity}')
        lines.append("fi")
    lines += [f'printf "%s=%s\\n" {name} "${{{name}-}}" >> "$_exports"' for name in spec.exported]
    return "\n".join([*lines, '[ "$_failed" = 0 ]', ""])


_RUN = """_run() {
    printf '[Container] Running command %s\\n' "$1"
    eval "$1"
    _status=$?
    [ "$_status" = 0 ] || printf '[Container] Command did not exit successfully %s exit status %s\\n' "$1" "$_status"
}"""


def _phases(content: dict[str, Any]) -> dict[str, Phase]:
    unknown = sorted(set(content) - set(PHASES))
    if unknown:
        raise BuildspecError(f"YAML_FILE_ERROR Message: unknown phase {unknown[0]}")
    found = {}
    for name in PHASES:
        if name not in content:
            continue
        phase = _mapping(content, name)
        _known(phase, "phase", f"phases.{name}")
        reaction = str(phase.get("on-failure", "ABORT")).upper()
        if reaction not in {"ABORT", "CONTINUE"}:
            raise BuildspecError(f"YAML_FILE_ERROR Message: the local cloud has no on-failure {reaction}")
        found[name] = Phase(_lines(phase, "commands"), _lines(phase, "finally"), reaction == "CONTINUE")
    return found


def _known(content: dict[str, Any], place: str, called: str) -> None:
    unknown = sorted(str(key) for key in set(content) - _KEYS[place])
    if unknown:
        message = f"YAML_FILE_ERROR Message: the local cloud does not implement {unknown[0]} of {called}"
        raise BuildspecError(message)


def _mapping(content: dict[str, Any], key: str) -> dict[str, Any]:
    found = content.get(key) or {}
    if not isinstance(found, dict):
        raise BuildspecError(f"YAML_FILE_ERROR Message: {key} is no mapping")
    return found


def _texts(content: dict[str, Any], key: str) -> dict[str, str]:
    return {str(name): str(value) for name, value in _mapping(content, key).items()}


def _lines(content: dict[str, Any], key: str) -> tuple[str, ...]:
    found = content.get(key) or []
    if not isinstance(found, list) or not all(isinstance(each, (str, int, float)) for each in found):
        raise BuildspecError(f"YAML_FILE_ERROR Message: {key} is no list of texts")
    return tuple(str(each) for each in found)
