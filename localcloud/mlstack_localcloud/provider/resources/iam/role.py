"""aws.iam.Role."""

from mlstack_localcloud.provider.model import (
    Call,
    Collection,
    Kind,
    Name,
    Output,
    Property,
    ResourceType,
    Source,
    Tags,
    When,
)

_ROLE: dict[str, Source] = {"RoleName": "name"}

TYPE = ResourceType(
    "aws:iam/role:Role",
    service="iam",
    id="{name}",
    regional=False,
    name=Name("name", prefix_property="namePrefix", longest=64),
    properties=(
        Property("name", "RoleName"),
        Property("namePrefix"),
        Property("assumeRolePolicy", "AssumeRolePolicyDocument", kind=Kind.POLICY),
        Property("description", "Description", default=""),
        Property("forceDetachPolicies", kind=Kind.SETTING, default=False),
        Property("managedPolicyArns", result="ManagedPolicyArns", kind=Kind.SET, elsewhere=True),
        Property("maxSessionDuration", "MaxSessionDuration", default=3600),
        Property("path", "Path", default="/"),
        Property("permissionsBoundary", "PermissionsBoundary", result="PermissionsBoundary.permissionsBoundaryArn"),
    ),
    outputs=(
        Output("arn", result="Arn"),
        Output("createDate", result="CreateDate"),
        Output("uniqueId", result="RoleId"),
    ),
    create=Call("CreateRole", out_of="Role"),
    updates=(
        Call(
            "UpdateAssumeRolePolicy",
            {**_ROLE, "PolicyDocument": "assumeRolePolicy"},
            takes=(),
            on=("assumeRolePolicy",),
        ),
        Call("UpdateRole", _ROLE),
        Call("PutRolePermissionsBoundary", _ROLE, when=When("permissionsBoundary")),
        Call(
            "DeleteRolePermissionsBoundary",
            _ROLE,
            takes=(),
            on=("permissionsBoundary",),
            when=When("permissionsBoundary", negated=True),
        ),
    ),
    reads=(Call("GetRole", _ROLE, out_of="Role"),),
    deletes=(Call("DeleteRole", _ROLE, takes=()),),
    collections=(
        Collection(
            "managedPolicyArns",
            add=Call("AttachRolePolicy", {**_ROLE, "PolicyArn": "item"}, takes=()),
            remove=Call("DetachRolePolicy", {**_ROLE, "PolicyArn": "item"}, takes=()),
            read=Call("ListAttachedRolePolicies", _ROLE, takes=(), paged=True),
            result="AttachedPolicies",
            entry="PolicyArn",
            force="forceDetachPolicies",
        ),
    ),
    tags=Tags(
        put=Call("TagRole", _ROLE, takes=()),
        put_member="Tags",
        remove=Call("UntagRole", _ROLE, takes=()),
        remove_member="TagKeys",
        result="Tags",
        create_member="Tags",
    ),
    gone=("NoSuchEntity",),
    not_implemented=("inlinePolicies",),
)
