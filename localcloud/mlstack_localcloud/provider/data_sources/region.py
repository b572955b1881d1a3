"""aws.get_region: the region of the provider, or the one that is named."""

from mlstack_localcloud.provider.model import DataSource

SOURCE = DataSource(
    "aws:index/getRegion:getRegion",
    arguments={"id": "", "name": "", "endpoint": ""},
    outputs={
        "region": "args.name || region",
        "name": "args.name || region",
        "id": "args.name || region",
        "endpoint": "join('', ['ec2.', args.name || region, '.', dnsSuffix])",
        # The official provider spells the region's place out ("US East (N. Virginia)"), from a list of its own.
        "description": "args.name || region",
    },
)
