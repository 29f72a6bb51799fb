"""EC2, EBS, Auto Scaling."""

import base64
import gzip

from rules.aws.audit.account_defaults import METADATA_DEFAULTS
from rules.aws.ec2.ebs import (
    ATTACHMENT,
    BY_DEFAULT,
    SNAPSHOT_BLOCK,
    SNAPSHOT_COPY,
    SNAPSHOT_PERMISSION,
    VOLUME,
)
from rules.aws.ec2.instances import GROUP, INSTANCE, LAUNCH_CONFIGURATION, TEMPLATE
from rules.aws.rds.relations import SELECTION

from tests.policies.cases import fine, slip, stack_slip
from tests.policies.judge import TAGS, Entry
from tests.policies.ours import ours

SCRIPT = "#!/bin/sh\nset -eu\nPASSWORD_FILE=/run/password\naws ssm get-parameters --names /app/db-password\n"
LEAKY = SCRIPT + "export DB_PASSWORD='hunter22hunter22'\n"
KEY = SCRIPT + "curl -H 'x: AKIA" + "QWERTYUIOPASDF23" + "'\n"


def packed(text: str) -> str:
    """The text as a launch template takes it."""
    return base64.b64encode(text.encode()).decode()


def squeezed(text: str) -> str:
    """The text gzipped, then as a launch template takes it."""
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
    INSTANCE: {
        **_COMMON,
        "associatePublicIpAddress": False,
        "rootBlockDevice": {"encrypted": True},
        "iamInstanceProfile": "host",
        "monitoring": True,
        "disableApiTermination": True,
    },
    VOLUME: {"encrypted": True, "kmsKeyId": "arn:key", "tags": {**TAGS, "Backup": "daily"}},
    SNAPSHOT_COPY: {"kmsKeyId": "arn:key"},
}
_OPTIONS = _COMMON["metadataOptions"]
SLIPS = [
    slip("ec2-imdsv2", INSTANCE, metadataOptions={**_OPTIONS, "httpTokens": "optional"}),
    slip("ec2-imdsv2", TEMPLATE, metadataOptions=None),
    slip("ec2-imds-hop", TEMPLATE, metadataOptions={**_OPTIONS, "httpPutResponseHopLimit": 2}),
    slip("ec2-no-public-ip", INSTANCE, associatePublicIpAddress=True),
    slip("ec2-no-public-ip", TEMPLATE, networkInterfaces=[{"associatePublicIpAddress": "true"}]),
    slip("ec2-block-encrypted", INSTANCE, rootBlockDevice=None),
    slip("ec2-block-encrypted", INSTANCE, ebsBlockDevices=[{"deviceName": "/dev/sdb"}]),
    slip(
        "ec2-block-encrypted",
        TEMPLATE,
        blockDeviceMappings=[{"deviceName": "/dev/sda1", "ebs": {"encrypted": "false"}}],
    ),
    slip("ec2-instance-profile", INSTANCE, iamInstanceProfile=None),
    slip("ec2-detailed-monitoring", TEMPLATE, monitoring={"enabled": False}),
    slip("ec2-detailed-monitoring", INSTANCE, monitoring=None),
    slip("ec2-ebs-optimized", INSTANCE, ebsOptimized=None),
    slip("ec2-termination-protection", INSTANCE, disableApiTermination=None),
    slip("ec2-single-eni", TEMPLATE, networkInterfaces=[{"deviceIndex": 0}, {"deviceIndex": 1}]),
    slip("own-user-data-secret", INSTANCE, userData=LEAKY),
    slip("own-user-data-secret", TEMPLATE, userData=packed(LEAKY)),
    slip("own-user-data-secret", TEMPLATE, userData=squeezed(LEAKY)),
    slip("own-user-data-secret", TEMPLATE, userData=packed(MULTIPART)),
    slip("own-user-data-secret", TEMPLATE, userData=packed(KEY)),
    slip("own-user-data-secret ec2-no-secrets-user-data", INSTANCE, userData=KEY),
    fine(INSTANCE, userData=None),
    slip("asg-launch-template ec2-imdsv2 ec2-block-encrypted", LAUNCH_CONFIGURATION, imageId="ami-1"),
    slip("asg-launch-template", GROUP, launchTemplate=None),
    slip("asg-multi-az", GROUP, vpcZoneIdentifiers=["a"]),
    slip("ebs-encrypted", VOLUME, encrypted=None),
    slip("ebs-cmk", VOLUME, kmsKeyId="alias/aws/ebs"),
    slip("ec2-imds-defaults", METADATA_DEFAULTS, httpTokens="optional"),
    slip("ec2-imds-defaults", METADATA_DEFAULTS, httpTokens=None),
    slip("ebs-default-encryption", BY_DEFAULT, enabled=False),
    fine(BY_DEFAULT, enabled=None),
    slip("ebs-snapshot-copy-cmk", SNAPSHOT_COPY, kmsKeyId=None),
]

_GROUP = Entry(GROUP, {**ours(GROUP), "targetGroupArns": ["arn:tg"]})
_VOLUME = Entry(VOLUME, COMPLIANT[VOLUME])
STACKS = {
    "machines": {
        "group": _GROUP,
        "volume": _VOLUME,
        "attachment": Entry(ATTACHMENT, {}, {"volumeId": ("volume",)}),
        "block": Entry(SNAPSHOT_BLOCK, {"state": "block-all-sharing"}),
    }
}
_SAVED = {"selection": Entry(SELECTION, {}, {"resources": ("volume",), "planId": ("plan",)})}
STACK_SLIPS = [
    stack_slip("asg-elb-health", "machines", {"group": _GROUP.but(healthCheckType="EC2")}),
    stack_slip("asg-elb-health", "machines", {"group": _GROUP.but(healthCheckType=None)}),
    stack_slip("ebs-attached-encrypted", "machines", {"volume": _VOLUME.but(encrypted=False)}),
    stack_slip("ebs-snapshot-private", "machines", {"block": Entry(SNAPSHOT_BLOCK, {"state": "unblocked"})}),
    stack_slip(
        "ebs-snapshot-private", "machines", {"permission": Entry(SNAPSHOT_PERMISSION, {"accountId": "all"})}
    ),
    stack_slip("", "machines", {"permission": Entry(SNAPSHOT_PERMISSION, {"accountId": "111122223333"})}),
]
