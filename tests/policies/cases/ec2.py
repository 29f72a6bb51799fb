"""EC2, EBS, Auto Scaling."""

import base64
import gzip

from rules.lib.resource_types import (
    AUTO_SCALING_GROUP,
    BACKUP_SELECTION,
    EBS_ENCRYPTION_BY_DEFAULT,
    EBS_SNAPSHOT_COPY,
    EBS_VOLUME,
    EC2_INSTANCE,
    LAUNCH_CONFIGURATION,
    LAUNCH_TEMPLATE,
    METADATA_DEFAULTS,
    SNAPSHOT_BLOCK_PUBLIC_ACCESS,
    SNAPSHOT_PERMISSION,
    VOLUME_ATTACHMENT,
)

from tests.policies.cases import fine, slip, stack_slip
from tests.policies.judge import TAGS, Entry
from tests.policies.ours import ours

SCRIPT = "#!/bin/sh\nset -eu\nPASSWORD_FILE=/run/password\naws ssm get-parameters --names /app/db-password\n"
LEAKY = SCRIPT + "export DB_PASSWORD='hunter22hunter22'\n"
KEY = SCRIPT + "curl -H 'x: AKIA" + "QWERTYUIOPASDF23" + "'\n"


def packed(text: str) -> str:
    """The text in base64, as a launch template takes it."""
    return base64.b64encode(text.encode()).decode()


def squeezed(text: str) -> str:
    """The text gzipped and in base64."""
    return base64.b64encode(gzip.compress(text.encode(), mtime=0)).decode()


MULTIPART = (
    f"#cloud-config\nwrite_files:\n  - path: /x\n    encoding: gz+b64\n    content: {squeezed(LEAKY)}\n"
)
_COMMON = {
    "metadataOptions": {"httpTokens": "required", "httpPutResponseHopLimit": 1},
    "userData": SCRIPT,
    "ebsOptimized": True,
}
COMPLIANT = {
    EC2_INSTANCE: {
        **_COMMON,
        "associatePublicIpAddress": False,
        "rootBlockDevice": {"encrypted": True},
        "iamInstanceProfile": "host",
        "monitoring": True,
        "disableApiTermination": True,
    },
    EBS_VOLUME: {"encrypted": True, "kmsKeyId": "arn:key", "tags": {**TAGS, "Backup": "daily"}},
    EBS_SNAPSHOT_COPY: {"kmsKeyId": "arn:key"},
}
_OPTIONS = _COMMON["metadataOptions"]
SLIPS = [
    slip("ec2-imdsv2", EC2_INSTANCE, metadataOptions={**_OPTIONS, "httpTokens": "optional"}),
    slip("ec2-imdsv2", LAUNCH_TEMPLATE, metadataOptions=None),
    slip("ec2-imds-hop", LAUNCH_TEMPLATE, metadataOptions={**_OPTIONS, "httpPutResponseHopLimit": 2}),
    slip("ec2-no-public-ip", EC2_INSTANCE, associatePublicIpAddress=True),
    slip("ec2-no-public-ip", LAUNCH_TEMPLATE, networkInterfaces=[{"associatePublicIpAddress": "true"}]),
    slip("ec2-block-encrypted", EC2_INSTANCE, rootBlockDevice=None),
    slip("ec2-block-encrypted", EC2_INSTANCE, ebsBlockDevices=[{"deviceName": "/dev/sdb"}]),
    slip(
        "ec2-block-encrypted",
        LAUNCH_TEMPLATE,
        blockDeviceMappings=[{"deviceName": "/dev/sda1", "ebs": {"encrypted": "false"}}],
    ),
    slip("ec2-instance-profile", EC2_INSTANCE, iamInstanceProfile=None),
    slip("ec2-detailed-monitoring", LAUNCH_TEMPLATE, monitoring={"enabled": False}),
    slip("ec2-detailed-monitoring", EC2_INSTANCE, monitoring=None),
    slip("ec2-ebs-optimized", EC2_INSTANCE, ebsOptimized=None),
    slip("ec2-termination-protection", EC2_INSTANCE, disableApiTermination=None),
    slip("ec2-single-eni", LAUNCH_TEMPLATE, networkInterfaces=[{"deviceIndex": 0}, {"deviceIndex": 1}]),
    slip("own-user-data-secret", EC2_INSTANCE, userData=LEAKY),
    slip("own-user-data-secret", LAUNCH_TEMPLATE, userData=packed(LEAKY)),
    slip("own-user-data-secret", LAUNCH_TEMPLATE, userData=squeezed(LEAKY)),
    slip("own-user-data-secret", LAUNCH_TEMPLATE, userData=packed(MULTIPART)),
    slip("own-user-data-secret", LAUNCH_TEMPLATE, userData=packed(KEY)),
    slip("own-user-data-secret ec2-no-secrets-user-data", EC2_INSTANCE, userData=KEY),
    fine(EC2_INSTANCE, userData=None),
    slip("asg-launch-template ec2-imdsv2 ec2-block-encrypted", LAUNCH_CONFIGURATION, imageId="ami-1"),
    slip("asg-launch-template", AUTO_SCALING_GROUP, launchTemplate=None),
    slip("asg-multi-az", AUTO_SCALING_GROUP, vpcZoneIdentifiers=["a"]),
    slip("ebs-encrypted", EBS_VOLUME, encrypted=None),
    slip("ebs-cmk", EBS_VOLUME, kmsKeyId="alias/aws/ebs"),
    slip("ec2-imds-defaults", METADATA_DEFAULTS, httpTokens="optional"),
    slip("ec2-imds-defaults", METADATA_DEFAULTS, httpTokens=None),
    slip("ebs-default-encryption", EBS_ENCRYPTION_BY_DEFAULT, enabled=False),
    fine(EBS_ENCRYPTION_BY_DEFAULT, enabled=None),
    slip("ebs-snapshot-copy-cmk", EBS_SNAPSHOT_COPY, kmsKeyId=None),
]

_GROUP = Entry(AUTO_SCALING_GROUP, {**ours(AUTO_SCALING_GROUP), "targetGroupArns": ["arn:tg"]})
_VOLUME = Entry(EBS_VOLUME, COMPLIANT[EBS_VOLUME])
STACKS = {
    "machines": {
        "group": _GROUP,
        "volume": _VOLUME,
        "attachment": Entry(VOLUME_ATTACHMENT, {}, {"volumeId": ("volume",)}),
        "block": Entry(SNAPSHOT_BLOCK_PUBLIC_ACCESS, {"state": "block-all-sharing"}),
    }
}
_SAVED = {"selection": Entry(BACKUP_SELECTION, {}, {"resources": ("volume",), "planId": ("plan",)})}
STACK_SLIPS = [
    stack_slip("asg-elb-health", "machines", {"group": _GROUP.but(healthCheckType="EC2")}),
    stack_slip("asg-elb-health", "machines", {"group": _GROUP.but(healthCheckType=None)}),
    stack_slip("ebs-attached-encrypted", "machines", {"volume": _VOLUME.but(encrypted=False)}),
    stack_slip(
        "ebs-snapshot-private",
        "machines",
        {"block": Entry(SNAPSHOT_BLOCK_PUBLIC_ACCESS, {"state": "unblocked"})},
    ),
    stack_slip(
        "ebs-snapshot-private", "machines", {"permission": Entry(SNAPSHOT_PERMISSION, {"accountId": "all"})}
    ),
    stack_slip("", "machines", {"permission": Entry(SNAPSHOT_PERMISSION, {"accountId": "111122223333"})}),
]
