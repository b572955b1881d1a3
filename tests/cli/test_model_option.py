"""`--model`: which of several models a command is about."""

from __future__ import annotations

import pytest
from mlstack.cloud.deployment import chosen_model
from mlstack.release.scope import outside
from mlstack_components.errors import UserError


def test_a_project_with_one_model_needs_no_option() -> None:
    assert chosen_model((), None) is None
    assert chosen_model(("churn",), None) == "churn"


def test_of_several_models_one_is_named() -> None:
    assert chosen_model(("churn", "basket"), "basket") == "basket"
    with pytest.raises(UserError, match="several models: churn, basket"):
        chosen_model(("churn", "basket"), None)


def test_a_model_that_is_not_there_is_refused() -> None:
    with pytest.raises(UserError, match="no model `chrun`"):
        chosen_model(("churn", "basket"), "chrun")
    with pytest.raises(UserError, match="no model `churn`"):
        chosen_model((), "churn")


def test_a_release_reaches_no_other_models_endpoint() -> None:
    chain = "urn:pulumi:prod::shop::mlstack:stacks:Project$mlstack:stacks:Model$mlstack:aws:Endpoint$aws:x:Endpoint"
    mine, other = f"{chain}::shop-prod--churn-endpoint", f"{chain}::shop-prod--basket-endpoint"
    found = outside([(mine, "update"), (other, "update")], lambda name: "churn" in name)
    assert found == ((other, "update"),)
