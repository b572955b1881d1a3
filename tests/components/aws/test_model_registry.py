from __future__ import annotations

from mlstack_components.aws.model_registry import ModelRegistry, ModelRegistryArgs


def test_the_group_has_the_chosen_name(declare, tags):
    def program():
        args = ModelRegistryArgs(model_package_group_name="weather-dev", description="Weather", tags=tags)
        registry = ModelRegistry("weather-dev", args)
        return {"name": registry.model_package_group_name, "arn": registry.arn}

    declared = declare(program)
    group = declared.one("aws:sagemaker/modelPackageGroup:ModelPackageGroup")
    assert group.inputs == {
        "modelPackageGroupName": "weather-dev",
        "modelPackageGroupDescription": "Weather",
        "tags": tags,
    }
    assert group.parent.endswith("mlstack:aws:ModelRegistry::weather-dev")
    assert declared.result == {"name": "weather-dev", "arn": "arn:aws:made:::weather-dev-models"}
    assert group.ignore_changes == ("modelPackageGroupDescription",), "another description would mean another group"
