"""ECR repositories with immutable tags, scanning, a lifecycle policy and a customer managed key."""

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
    """Which repositories are created."""

    names: Names
    repositories: Sequence[str]
    """Description of each repository's image, by service or tool."""
    keys: Keys


class Registry(pulumi.ComponentResource):
    """One repository per service or tool: ``<prefix>/<name>``."""

    urls: dict[str, pulumi.Output[str]]
    """Repository URLs by service or tool."""
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
