"""The tags of EC2's resources."""

from mlstack_localcloud.provider.model import ID, Call, ListOf, Source, Tags

_RESOURCE: dict[str, Source] = {"Resources": ListOf(ID)}


def ec2_tags(specification: str = "") -> Tags:
    """How a resource type of EC2 is tagged.

    Args:
        specification: EC2's name of the type in `TagSpecifications`; empty where no operation creates it.
    """
    return Tags(
        put=Call("CreateTags", _RESOURCE, takes=()),
        put_member="Tags",
        remove=Call("DeleteTags", _RESOURCE, takes=()),
        remove_member="Tags",
        result="Tags",
        specification=specification,
        keyed=True,
    )
