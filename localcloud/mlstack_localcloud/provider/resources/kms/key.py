"""aws.kms.Key."""

from mlstack_localcloud.provider.model import (
    ID,
    Call,
    Const,
    Kind,
    Output,
    Property,
    ResourceType,
    Tags,
    When,
)

TYPE = ResourceType(
    "aws:kms/key:Key",
    service="kms",
    id="{keyId}",
    properties=(
        Property("bypassPolicyLockoutSafetyCheck", "BypassPolicyLockoutSafetyCheck", result="", default=False),
        Property("customKeyStoreId", "CustomKeyStoreId"),
        Property("customerMasterKeySpec", "KeySpec", default="SYMMETRIC_DEFAULT"),
        Property("deletionWindowInDays", kind=Kind.SETTING),
        Property("description", "Description", default=""),
        Property("enableKeyRotation", result="KeyRotationEnabled", default=False),
        Property("isEnabled", result="Enabled", default=True),
        Property("keyUsage", "KeyUsage", default="ENCRYPT_DECRYPT"),
        Property("multiRegion", "MultiRegion", default=False),
        # AWS gives a key the account's policy where none is given.
        Property("policy", "Policy", kind=Kind.POLICY, computed=True),
        Property("rotationPeriodInDays", "RotationPeriodInDays", computed=True),
        Property("xksKeyId", "XksKeyId"),
    ),
    outputs=(Output("arn", result="Arn"), Output("keyId", result="KeyId")),
    create=Call("CreateKey", out_of="KeyMetadata"),
    answers=(Call("GetKeyPolicy", {"KeyId": ID, "PolicyName": Const("default")}, takes=()),),
    updates=(
        Call("EnableKey", {"KeyId": ID}, on=("isEnabled",), when=When("isEnabled", equals=False, negated=True)),
        Call("UpdateKeyDescription", {"KeyId": ID}, takes=("description",)),
        Call(
            "PutKeyPolicy",
            {"KeyId": ID, "PolicyName": Const("default")},
            takes=("policy", "bypassPolicyLockoutSafetyCheck"),
        ),
        Call(
            "EnableKeyRotation",
            {"KeyId": ID},
            takes=("rotationPeriodInDays",),
            on=("enableKeyRotation", "rotationPeriodInDays"),
            when=When("enableKeyRotation"),
        ),
        Call(
            "DisableKeyRotation",
            {"KeyId": ID},
            takes=(),
            on=("enableKeyRotation",),
            when=When("enableKeyRotation", negated=True),
        ),
        Call("DisableKey", {"KeyId": ID}, takes=(), on=("isEnabled",), when=When("isEnabled", equals=False)),
    ),
    reads=(
        # A key that waits for its deletion is as good as gone.
        Call(
            "DescribeKey",
            {"KeyId": ID},
            out_of="KeyMetadata",
            unless={"KeyState": ("PendingDeletion", "PendingReplicaDeletion")},
        ),
        Call("GetKeyPolicy", {"KeyId": ID, "PolicyName": Const("default")}, takes=()),
        Call("GetKeyRotationStatus", {"KeyId": ID}, takes=(), absent=("UnsupportedOperationException",)),
    ),
    deletes=(Call("ScheduleKeyDeletion", {"KeyId": ID, "PendingWindowInDays": "deletionWindowInDays"}, takes=()),),
    tags=Tags(
        put=Call("TagResource", {"KeyId": ID}, takes=()),
        put_member="Tags",
        remove=Call("UntagResource", {"KeyId": ID}, takes=()),
        remove_member="TagKeys",
        read=Call("ListResourceTags", {"KeyId": ID}, takes=()),
        result="Tags",
        create_member="Tags",
        key="TagKey",
        value="TagValue",
    ),
    gone=("NotFoundException", "KMSInvalidStateException: pending deletion"),
)
