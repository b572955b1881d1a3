"""aws.ecr.LifecyclePolicy."""

from mlstack_localcloud.provider.model import Call, Kind, Output, Property, ResourceType

TYPE = ResourceType(
    "aws:ecr/lifecyclePolicy:LifecyclePolicy",
    service="ecr",
    id="{repository}",
    properties=(
        Property(
            "policy",
            "lifecyclePolicyText",
            kind=Kind.JSON,
            replaces=True,
            source="terraform-provider-aws, internal/service/ecr/lifecycle_policy.go: ForceNew",
        ),
        Property("repository", "repositoryName"),
    ),
    outputs=(Output("registryId", result="registryId"),),
    create=Call("PutLifecyclePolicy"),
    reads=(Call("GetLifecyclePolicy", {"repositoryName": "repository"}, takes=()),),
    deletes=(Call("DeleteLifecyclePolicy", {"repositoryName": "repository"}, takes=()),),
    gone=("LifecyclePolicyNotFoundException", "RepositoryNotFoundException"),
)
