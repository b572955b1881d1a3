"""aws.iam.Policy. A change is a new version, of which IAM keeps five."""

from dataclasses import replace

from mlstack_localcloud.provider.model import (
    ID,
    Call,
    Const,
    Kind,
    Name,
    Output,
    Property,
    ResourceType,
    Source,
    Sweep,
    Tags,
)

_POLICY: dict[str, Source] = {"PolicyArn": ID}
_VERSIONS = Call("ListPolicyVersions", _POLICY, takes=())
_DELETE_VERSION = Call("DeletePolicyVersion", _POLICY, takes=())
_OLD = Sweep(
    None, _VERSIONS, ("Versions",), ("VersionId",), _DELETE_VERSION, "", only={"IsDefaultVersion": Const(False)}
)

TYPE = ResourceType(
    "aws:iam/policy:Policy",
    service="iam",
    id="{arn}",
    import_id=r"(?P<arn>arn:[^:]+:iam::\d{12}:policy/.+)",
    regional=False,
    name=Name("name", prefix_property="namePrefix", longest=128),
    properties=(
        Property("name", "PolicyName"),
        Property("namePrefix"),
        Property("description", "Description", default=""),
        Property("path", "Path", default="/"),
        Property("policy", "PolicyDocument", result="Document", kind=Kind.POLICY),
    ),
    outputs=(
        Output("arn", result="Arn"),
        Output("attachmentCount", result="AttachmentCount", changes=True),
        Output("policyId", result="PolicyId"),
        Output("defaultVersionId", result="DefaultVersionId", changes=True),
    ),
    create=Call("CreatePolicy", out_of="Policy"),
    updates=(Call("CreatePolicyVersion", {**_POLICY, "SetAsDefault": Const(True)}),),
    reads=(
        Call("GetPolicy", _POLICY, takes=(), out_of="Policy"),
        Call("GetPolicyVersion", {**_POLICY, "VersionId": "defaultVersionId"}, takes=(), out_of="PolicyVersion"),
    ),
    # Both as terraform-provider-aws does (internal/service/iam/policy.go: policyPruneVersions, resourcePolicyDelete).
    prunes=(replace(_OLD, leaves=3, newest_by="CreateDate"),),
    sweeps=(_OLD,),
    deletes=(Call("DeletePolicy", _POLICY, takes=()),),
    tags=Tags(
        put=Call("TagPolicy", _POLICY, takes=()),
        put_member="Tags",
        remove=Call("UntagPolicy", _POLICY, takes=()),
        remove_member="TagKeys",
        result="Tags",
        create_member="Tags",
    ),
    gone=("NoSuchEntity",),
    not_implemented=("delayAfterPolicyCreationInMs",),
)
