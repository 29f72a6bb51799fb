"""Answers the program's own lookups (``aws_lookups``) from the account in memory."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any
from unittest import mock

import aws_lookups
from aws_lookups import AwsFacts
from ops.core.aws_state import tags
from settings import Settings
from tests.ops.model.aws.account import ACCOUNT, CALLER, FakeAws
from tests.ops.model.stack_files import STACK


def look_up(settings: Settings, aws: FakeAws) -> AwsFacts:
    """What the program looks up before it declares anything; its own error where it refuses the file."""
    answers: Any = _Answers(aws)
    with mock.patch.multiple(aws_lookups, aws=answers, ec2=answers, pulumi=answers):
        return aws_lookups.look_up(settings, answers)


class _Answers:
    """What ``pulumi_aws`` and ``pulumi`` are to ``aws_lookups``."""

    def __init__(self, aws: FakeAws) -> None:
        self._aws = aws
        self.ssm = self.resourcegroupstaggingapi = self
        self.runtime = SimpleNamespace(is_dry_run=lambda: False)

    def get_stack(self) -> str:
        return STACK

    def InvokeOptions(self, provider: Any) -> None:
        return None

    def get_caller_identity(self, opts: Any) -> Any:
        return SimpleNamespace(account_id=ACCOUNT, arn=CALLER)

    def get_availability_zones(self, **_: Any) -> Any:
        return SimpleNamespace(names=["eu-west-1a", "eu-west-1b"], zone_ids=["euw1-az1", "euw1-az2"])

    def get_managed_prefix_list(self, **_: Any) -> Any:
        return SimpleNamespace(id="pl-1")

    def get_resources(self, tag_filters: Any, resource_type_filters: Any, opts: Any) -> Any:
        filters = [{"Key": one["key"], "Values": one["values"]} for one in tag_filters]
        client = self._aws.client("resourcegroupstaggingapi")
        found = client.get_resources(filters, resource_type_filters)["ResourceTagMappingList"]
        mappings = [SimpleNamespace(resource_arn=one["ResourceARN"], tags=tags(one)) for one in found]
        return SimpleNamespace(resource_tag_mapping_lists=mappings)

    def get_parameters_by_path(self, path: str, recursive: bool, with_decryption: bool, opts: Any) -> Any:
        found = self._aws.client("ssm").get_parameters_by_path(path, recursive, with_decryption)["Parameters"]
        return SimpleNamespace(names=[one["Name"] for one in found], values=[one["Value"] for one in found])
