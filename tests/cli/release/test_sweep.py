from mlstack.release.sweep import Inventory, Sweep, plan_sweep


def test_what_nothing_refers_to_goes() -> None:
    inventory = Inventory(
        configurations={
            "live": frozenset({"model-3"}),
            "state": frozenset({"model-4"}),
            "old": frozenset({"model-1", "model-3"}),
        },
        models=frozenset({"model-1", "model-2", "model-3", "model-4", "model-5"}),
        configurations_in_use=frozenset({"live", "state"}),
        models_in_use=frozenset({"model-5"}),
    )
    assert plan_sweep(inventory) == Sweep(("old",), ("model-1", "model-2"))


def test_a_model_that_another_s_configuration_runs_stays() -> None:
    inventory = Inventory(models=frozenset({"model-1"}), models_in_use=frozenset({"model-1"}))
    assert plan_sweep(inventory) == Sweep((), ())
