"""Tags as all of SageMaker has them."""

from mlstack_localcloud.provider.model import Call, Tags

TAGS = Tags(
    put=Call("AddTags", {"ResourceArn": "arn"}, takes=()),
    put_member="Tags",
    remove=Call("DeleteTags", {"ResourceArn": "arn"}, takes=()),
    remove_member="TagKeys",
    read=Call("ListTags", {"ResourceArn": "arn"}, takes=(), paged=True),
    result="Tags",
    create_member="Tags",
)
