"""What an account has once: identity providers and cost allocation tags."""

from __future__ import annotations

from pulumi_aws import costexplorer, iam

from . import Case, Shared

CASES = [
    Case(
        token="aws:iam/openIdConnectProvider:OpenIdConnectProvider",
        make=iam.OpenIdConnectProvider,
        inputs=lambda _: {
            "url": "https://token.actions.githubusercontent.com",
            "client_id_lists": ["sts.amazonaws.com"],
            "tags": {"a": "1"},
        },
        outputs=("arn", "clientIdLists", "tagsAll"),
        change=lambda _: {
            "client_id_lists": ["sts.amazonaws.com", "another"],
            "thumbprint_lists": ["6938fd4d98bab03faadb97b34396831e3780aea1"],
            "tags": {"b": "1"},
        },
        replace=lambda _: {"url": "https://gitlab.example.com/path"},
        tamper=lambda aws, o: aws("iam").remove_client_id_from_open_id_connect_provider(
            OpenIDConnectProviderArn=o["arn"], ClientID="another"
        ),
        remove=lambda aws, o: aws("iam").delete_open_id_connect_provider(OpenIDConnectProviderArn=o["arn"]),
    ),
    Case(
        token="aws:costexplorer/costAllocationTag:CostAllocationTag",
        make=costexplorer.CostAllocationTag,
        inputs=lambda _: {"tag_key": "mlstack:project", "status": "Active"},
        outputs=("tagKey", "status", "type"),
        change=lambda _: {"status": "Inactive"},
        replace=lambda _: {"tag_key": "mlstack:environment"},
        tamper=lambda aws, o: _activate(aws, o["tagKey"]),
        # A tag is there for ever; nobody can remove one.
        remove=lambda aws, o: _activate(aws, o["tagKey"]),
        restored_by="update",
    ),
]


def _activate(aws: object, key: str) -> None:
    status = [{"TagKey": key, "Status": "Active"}]
    aws("ce").update_cost_allocation_tags_status(CostAllocationTagsStatus=status)  # type: ignore[operator]


def shared(_: Shared) -> None:
    """Nothing is shared."""
