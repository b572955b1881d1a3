"""Tags as all of Cost Explorer has them."""

from mlstack_localcloud.provider.model import Call, Tags

TAGS = Tags(
    put=Call("TagResource", {"ResourceArn": "arn"}, takes=()),
    put_member="ResourceTags",
    remove=Call("UntagResource", {"ResourceArn": "arn"}, takes=()),
    remove_member="ResourceTagKeys",
    read=Call("ListTagsForResource", {"ResourceArn": "arn"}, takes=()),
    result="ResourceTags",
    create_member="ResourceTags",
)
