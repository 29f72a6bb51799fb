"""Image repositories under our key whose tags never move, whose images are scanned and cannot pile up."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import ecr

from components.kms import Keys
from components.options import child_of
from settings.names import Names

UNTAGGED_DAYS = 14
KEPT_IMAGES = 100


@dataclass(frozen=True, kw_only=True)
class RegistryArgs:
    """Which repositories there are."""

    names: Names
    repositories: Sequence[str]
    """What each holds: the image of a service or tool, by name."""
    keys: Keys


class Registry(pulumi.ComponentResource):
    """One repository a service or tool: ``<prefix>/<name>``."""

    urls: dict[str, pulumi.Output[str]]
    """Where images are pushed to and pulled from, by service."""
    arns: dict[str, pulumi.Output[str]]

    def __init__(self, name: str, args: RegistryArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("strongroom:index:Registry", name, None, opts)
        part = child_of(self)
        self.urls, self.arns = {}, {}
        for service in args.repositories:
            repository = ecr.Repository(
                f"{name}-{service}",
                name=f"{args.names.prefix}/{service}",
                image_tag_mutability="IMMUTABLE",
                image_scanning_configuration=ecr.RepositoryImageScanningConfigurationArgs(scan_on_push=True),
                encryption_configurations=[
                    ecr.RepositoryEncryptionConfigurationArgs(
                        encryption_type="KMS", kms_key=args.keys.arns["data"]
                    )
                ],
                force_delete=False,
                opts=part,
            )
            ecr.LifecyclePolicy(
                f"{name}-{service}", repository=repository.name, policy=json.dumps(RETENTION), opts=part
            )
            self.urls[service], self.arns[service] = repository.repository_url, repository.arn
        self.register_outputs({"urls": self.urls})


RETENTION = {
    "rules": [
        {
            "rulePriority": 1,
            "description": "Layers that no tag names any more",
            "selection": {
                "tagStatus": "untagged",
                "countType": "sinceImagePushed",
                "countUnit": "days",
                "countNumber": UNTAGGED_DAYS,
            },
            "action": {"type": "expire"},
        },
        {
            "rulePriority": 2,
            "description": "Images older than any that could still be rolled back to",
            "selection": {
                "tagStatus": "tagged",
                "tagPatternList": ["*"],
                "countType": "imageCountMoreThan",
                "countNumber": KEPT_IMAGES,
            },
            "action": {"type": "expire"},
        },
    ]
}
