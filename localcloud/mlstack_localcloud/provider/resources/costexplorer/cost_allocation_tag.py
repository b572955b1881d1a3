"""aws.costexplorer.CostAllocationTag. A tag is always there; without the resource it is not active."""

from mlstack_localcloud.provider.model import Call, Const, ListOf, Output, Property, ResourceType

_SET = Call("UpdateCostAllocationTagsStatus")
_LIST = Call(
    "ListCostAllocationTags",
    {"TagKeys": ListOf("tagKey")},
    takes=(),
    out_of="CostAllocationTags",
    find={"TagKey": "tagKey"},
    paged=True,
)

TYPE = ResourceType(
    "aws:costexplorer/costAllocationTag:CostAllocationTag",
    service="ce",
    id="{tagKey}",
    regional=False,
    properties=(
        Property(
            "tagKey",
            "CostAllocationTagsStatus.TagKey",
            result="TagKey",
            required=True,
            replaces=True,
            source="terraform-provider-aws, internal/service/ce/cost_allocation_tag.go",
        ),
        Property("status", "CostAllocationTagsStatus.Status", result="Status", required=True),
    ),
    outputs=(Output("type", result="Type"),),
    create=_SET,
    answers=(_LIST,),
    updates=(_SET,),
    reads=(_LIST,),
    deletes=(
        Call(
            "UpdateCostAllocationTagsStatus",
            {"CostAllocationTagsStatus.TagKey": "tagKey", "CostAllocationTagsStatus.Status": Const("Inactive")},
            takes=(),
        ),
    ),
)
