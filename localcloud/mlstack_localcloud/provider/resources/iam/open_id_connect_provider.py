"""aws.iam.OpenIdConnectProvider."""

from mlstack_localcloud.provider.model import (
    ID,
    Call,
    Collection,
    Kind,
    Output,
    Property,
    ResourceType,
    Source,
    Tags,
)

_PROVIDER: dict[str, Source] = {"OpenIDConnectProviderArn": ID}
_CLIENT: dict[str, Source] = {**_PROVIDER, "ClientID": "item"}
_GET = Call("GetOpenIDConnectProvider", _PROVIDER, takes=())

TYPE = ResourceType(
    "aws:iam/openIdConnectProvider:OpenIdConnectProvider",
    service="iam",
    id="{arn}",
    import_id=r"(?P<arn>arn:[^:]+:iam::\d{12}:oidc-provider/.+)",
    regional=False,
    properties=(
        # IAM tells it without its scheme.
        Property("url", "Url", kind=Kind.URL),
        Property("clientIdLists", "ClientIDList", kind=Kind.SET, required=True),
        # AWS finds out the thumbprints of providers whose certificates it knows by itself.
        Property("thumbprintLists", "ThumbprintList", computed=True),
    ),
    outputs=(Output("arn", result="OpenIDConnectProviderArn"),),
    create=Call("CreateOpenIDConnectProvider"),
    answers=(_GET,),
    updates=(Call("UpdateOpenIDConnectProviderThumbprint", _PROVIDER),),
    reads=(_GET,),
    deletes=(Call("DeleteOpenIDConnectProvider", _PROVIDER, takes=()),),
    collections=(
        Collection(
            "clientIdLists",
            add=Call("AddClientIDToOpenIDConnectProvider", _CLIENT, takes=()),
            remove=Call("RemoveClientIDFromOpenIDConnectProvider", _CLIENT, takes=()),
            read=_GET,
            result="ClientIDList",
            inside=True,
        ),
    ),
    tags=Tags(
        put=Call("TagOpenIDConnectProvider", _PROVIDER, takes=()),
        put_member="Tags",
        remove=Call("UntagOpenIDConnectProvider", _PROVIDER, takes=()),
        remove_member="TagKeys",
        result="Tags",
        create_member="Tags",
    ),
    gone=("NoSuchEntity",),
)
