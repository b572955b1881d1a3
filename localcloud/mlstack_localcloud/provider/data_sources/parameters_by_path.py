"""aws.ssm.get_parameters_by_path: the parameters below a path; empty lists where there are none."""

from mlstack_localcloud.provider.model import Call, Const, DataSource

SOURCE = DataSource(
    "aws:ssm/getParametersByPath:getParametersByPath",
    service="ssm",
    arguments={"path": "Path", "recursive": "Recursive", "withDecryption": "WithDecryption"},
    required=("path",),
    # The official provider decrypts unless it is told not to.
    call=Call("GetParametersByPath", {"WithDecryption": Const(True)}),
    paged=True,
    outputs={
        "path": "args.path",
        "recursive": "args.recursive || `false`",
        "withDecryption": "args.withDecryption",
        "arns": "result.Parameters[].ARN || `[]`",
        "names": "result.Parameters[].Name || `[]`",
        "types": "result.Parameters[].Type || `[]`",
        "values": "result.Parameters[].Value || `[]`",
        "region": "region",
        "id": "args.path",
    },
)
