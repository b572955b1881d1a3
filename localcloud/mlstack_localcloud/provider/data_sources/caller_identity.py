"""aws.get_caller_identity: who the calls are made as."""

from mlstack_localcloud.provider.model import Call, DataSource

SOURCE = DataSource(
    "aws:index/getCallerIdentity:getCallerIdentity",
    service="sts",
    arguments={"id": ""},
    call=Call("GetCallerIdentity"),
    outputs={
        "accountId": "result.Account",
        "arn": "result.Arn",
        "userId": "result.UserId",
        "id": "result.Account",
    },
)
