"""aws.cloudwatch.LogGroup."""

from mlstack_localcloud.provider.model import (
    Call,
    Kind,
    Name,
    Output,
    Property,
    ResourceType,
    Source,
    Tags,
    When,
)

_GROUP: dict[str, Source] = {"logGroupName": "name"}

TYPE = ResourceType(
    "aws:cloudwatch/logGroup:LogGroup",
    service="logs",
    id="{name}",
    name=Name("name", prefix_property="namePrefix", longest=512),
    properties=(
        Property("name", "logGroupName"),
        Property("namePrefix"),
        Property("deletionProtectionEnabled", "deletionProtectionEnabled", default=False),
        Property("kmsKeyId", "kmsKeyId", kind=Kind.REFERENCE),
        Property("logGroupClass", "logGroupClass", default="STANDARD"),
        Property("retentionInDays", "retentionInDays", default=0),
        Property("skipDestroy", kind=Kind.SETTING, default=False),
    ),
    outputs=(Output("arn", text="arn:{partition}:logs:{region}:{account}:log-group:{name}"),),
    create=Call("CreateLogGroup"),
    updates=(
        Call("PutRetentionPolicy", _GROUP, when=When("retentionInDays")),
        Call(
            "DeleteRetentionPolicy",
            _GROUP,
            takes=(),
            on=("retentionInDays",),
            when=When("retentionInDays", negated=True),
        ),
        Call("AssociateKmsKey", _GROUP, when=When("kmsKeyId")),
        Call("DisassociateKmsKey", _GROUP, takes=(), on=("kmsKeyId",), when=When("kmsKeyId", negated=True)),
        Call("PutLogGroupDeletionProtection", {"logGroupIdentifier": "name"}),
    ),
    reads=(
        Call(
            "DescribeLogGroups",
            {"logGroupNamePrefix": "name"},
            takes=(),
            out_of="logGroups",
            find={"logGroupName": "name"},
            paged=True,
        ),
    ),
    deletes=(Call("DeleteLogGroup", _GROUP, takes=(), when=When("skipDestroy", negated=True)),),
    tags=Tags(
        put=Call("TagResource", {"resourceArn": "arn"}, takes=()),
        put_member="tags",
        remove=Call("UntagResource", {"resourceArn": "arn"}, takes=()),
        remove_member="tagKeys",
        read=Call("ListTagsForResource", {"resourceArn": "arn"}, takes=()),
        result="tags",
        create_member="tags",
        key="",
    ),
    gone=("ResourceNotFoundException",),
)
