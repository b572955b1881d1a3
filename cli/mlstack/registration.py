"""Which commands there are: names, where their bodies live, and one line of help each.

`mlstack --help` reads this table only. A command's module is imported when the command runs or shows its own help; it
holds one function `command` with typer annotations, and `EXAMPLES`, lines that its help shows at the end.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Registration:
    """One command, or a group of them.

    Attributes:
        name: What the user types.
        summary: One line of help.
        module: The module that holds `command`; empty for a group.
        panel: The heading under which `mlstack --help` shows it.
        commands: The commands of a group; empty for a command.
    """

    name: str
    summary: str
    module: str = ""
    panel: str | None = None
    commands: tuple[Registration, ...] = ()


_PROJECT = "Project and infrastructure"
_MODELS = "Models"
_MACHINE = "This machine"

COMMANDS: tuple[Registration, ...] = (
    Registration("init", "Create a project from a template.", "mlstack.commands.init", _PROJECT),
    Registration("update", "Bring a project to a newer version of its template.", "mlstack.commands.update", _PROJECT),
    Registration("check", "Compare a project with its template.", "mlstack.commands.check", _PROJECT),
    Registration(
        "template",
        "List and show templates.",
        panel=_PROJECT,
        commands=(
            Registration("list", "List the templates of all catalogs.", "mlstack.commands.template.list"),
            Registration("show", "Show a template, its versions and questions.", "mlstack.commands.template.show"),
        ),
    ),
    Registration(
        "plan", "Show what an environment consists of, or what would change.", "mlstack.commands.plan", _PROJECT
    ),
    Registration(
        "bootstrap", "Make an account ready for its first environment.", "mlstack.commands.bootstrap", _PROJECT
    ),
    Registration("up", "Provision an environment, or bring it up to date.", "mlstack.commands.up", _PROJECT),
    Registration("status", "Show what is live in an environment.", "mlstack.commands.status", _PROJECT),
    Registration("destroy", "Delete an environment.", "mlstack.commands.destroy", _PROJECT),
    Registration("schema", "Print the JSON schema of mlstack.yaml.", "mlstack.commands.schema", _PROJECT),
    Registration("run", "Run the training pipeline and follow it.", "mlstack.commands.run", _MODELS),
    Registration(
        "data",
        "Push, list and show datasets.",
        panel=_MODELS,
        commands=(
            Registration("push", "Push a file or folder as a version of a dataset.", "mlstack.commands.data.push"),
            Registration("list", "List the datasets of an environment.", "mlstack.commands.data.list"),
            Registration("show", "Show a version of a dataset and its files.", "mlstack.commands.data.show"),
        ),
    ),
    Registration(
        "images",
        "Build and list container images of the project's own.",
        panel=_MODELS,
        commands=(
            Registration("build", "Build images, and push them.", "mlstack.commands.images.build"),
            Registration("list", "List the images that were built.", "mlstack.commands.images.list"),
        ),
    ),
    Registration("logs", "Show the logs of a pipeline run.", "mlstack.commands.logs", _MODELS),
    Registration(
        "models",
        "List, show, approve and reject model versions.",
        panel=_MODELS,
        commands=(
            Registration("list", "List the model versions of a project.", "mlstack.commands.models.list"),
            Registration("show", "Show a model version and its metrics.", "mlstack.commands.models.show"),
            Registration("approve", "Approve a model version.", "mlstack.commands.models.approve"),
            Registration("reject", "Reject a model version.", "mlstack.commands.models.reject"),
            Registration(
                "rollback", "Serve the version again that was served before.", "mlstack.commands.models.rollback"
            ),
        ),
    ),
    Registration("release", "Serve an approved model version, and prove it.", "mlstack.commands.release", _MODELS),
    Registration("score", "Score a dataset with the released model now.", "mlstack.commands.score", _MODELS),
    Registration("invoke", "Ask the live endpoint for predictions.", "mlstack.commands.invoke", _MODELS),
    Registration(
        "monitor", "Compare the endpoint's calls with the training data.", "mlstack.commands.monitor", _MODELS
    ),
    Registration("label", "Say what was right for answered calls.", "mlstack.commands.label", _MODELS),
    Registration(
        "local",
        "Start, stop and inspect the local cloud.",
        panel=_MACHINE,
        commands=(
            Registration("start", "Start the local cloud.", "mlstack.commands.local.start"),
            Registration("stop", "Stop the local cloud; everything in it is kept.", "mlstack.commands.local.stop"),
            Registration("status", "Show whether the local cloud runs, and where.", "mlstack.commands.local.status"),
            Registration("reset", "Delete the local cloud and everything in it.", "mlstack.commands.local.reset"),
            Registration(
                "env", "Print the variables for other clients of the local cloud.", "mlstack.commands.local.env"
            ),
        ),
    ),
    Registration(
        "engine",
        "Install and inspect the Pulumi engine.",
        panel=_MACHINE,
        commands=(
            Registration("install", "Install the Pulumi engine.", "mlstack.commands.engine.install"),
            Registration("status", "Show which Pulumi engine is used.", "mlstack.commands.engine.status"),
            Registration("unlock", "Remove the lock of a killed update.", "mlstack.commands.engine.unlock"),
        ),
    ),
    Registration(
        "doctor", "Check what mlstack needs on this machine, or in an account.", "mlstack.commands.doctor", _MACHINE
    ),
)
