"""aws.get_partition: the partition of the region."""

from mlstack_localcloud.provider.model import DataSource

SOURCE = DataSource(
    "aws:index/getPartition:getPartition",
    arguments={"id": ""},
    outputs={
        "partition": "partition",
        "dnsSuffix": "dnsSuffix",
        "reverseDnsPrefix": "'com.amazonaws'",
        "id": "partition",
    },
)
