"""aws.ecr.Repository."""

from mlstack_localcloud.provider.model import (
    ANY,
    Call,
    Kind,
    ListOf,
    Name,
    Output,
    Property,
    ResourceType,
    Tags,
)

TYPE = ResourceType(
    "aws:ecr/repository:Repository",
    service="ecr",
    id="{name}",
    name=Name("name", longest=256, lower=True),
    properties=(
        Property("name", "repositoryName"),
        Property(
            "encryptionConfigurations",
            "encryptionConfiguration",
            listed=True,
            computed=True,
            nested_defaults={"kmsKey": ANY},
        ),
        Property("forceDelete", kind=Kind.SETTING),
        Property("imageScanningConfiguration", "imageScanningConfiguration", default={"scanOnPush": False}),
        Property("imageTagMutability", "imageTagMutability", default="MUTABLE"),
        Property("imageTagMutabilityExclusionFilters", "imageTagMutabilityExclusionFilters"),
    ),
    outputs=(
        Output("arn", result="repositoryArn"),
        Output("registryId", result="registryId"),
        Output("repositoryUrl", result="repositoryUri"),
    ),
    create=Call("CreateRepository", out_of="repository"),
    updates=(
        Call("PutImageTagMutability", {"repositoryName": "name"}),
        Call("PutImageScanningConfiguration", {"repositoryName": "name"}),
    ),
    reads=(
        Call(
            "DescribeRepositories",
            {"repositoryNames": ListOf("name")},
            takes=(),
            out_of="repositories",
            find={"repositoryName": "name"},
        ),
    ),
    deletes=(Call("DeleteRepository", {"repositoryName": "name", "force": "forceDelete"}, takes=()),),
    tags=Tags(
        put=Call("TagResource", {"resourceArn": "arn"}, takes=()),
        put_member="tags",
        remove=Call("UntagResource", {"resourceArn": "arn"}, takes=()),
        remove_member="tagKeys",
        read=Call("ListTagsForResource", {"resourceArn": "arn"}, takes=()),
        result="tags",
        create_member="tags",
    ),
    gone=("RepositoryNotFoundException",),
)
