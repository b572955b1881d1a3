"""aws.iam.RolePolicyAttachment."""

from mlstack_localcloud.provider.model import Call, Property, ResourceType, Source

_ATTACHMENT: dict[str, Source] = {"RoleName": "role", "PolicyArn": "policyArn"}

TYPE = ResourceType(
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    service="iam",
    id="{role}/{policyArn}",
    import_id="(?P<role>[^/]+)/(?P<policyArn>arn:.+)",
    regional=False,
    properties=(
        Property("policyArn", "PolicyArn"),
        Property("role", "RoleName", result=""),
    ),
    create=Call("AttachRolePolicy"),
    reads=(
        Call(
            "ListAttachedRolePolicies",
            {"RoleName": "role"},
            takes=(),
            out_of="AttachedPolicies",
            find={"PolicyArn": "policyArn"},
            paged=True,
        ),
    ),
    deletes=(Call("DetachRolePolicy", _ATTACHMENT, takes=()),),
    gone=("NoSuchEntity",),
)
