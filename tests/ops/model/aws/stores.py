"""Secrets Manager, Parameter Store and the tagging API, as far as ``ops`` and the program call them."""

from __future__ import annotations

from typing import Any

from tests.ops.model.aws.account import Client, Secret, arn_of, named, tag_list, writes


class SecretsManager(Client):
    def list_secrets(self, **_: Any) -> Any:
        return {"SecretList": [self._described(name) for name in self.aws.secrets]}

    def describe_secret(self, SecretId: str) -> Any:
        known = self._described(SecretId)
        return known | {"VersionIdsToStages": known["SecretVersionsToStages"]}

    def batch_get_secret_value(self, SecretIdList: list[str]) -> Any:
        values = [self._value(name) for name in named(SecretIdList, list(self.aws.secrets))]
        return {"SecretValues": [value for value in values if value], "Errors": []}

    def list_secret_version_ids(self, SecretId: str, **_: Any) -> Any:
        one = self.aws.secrets[SecretId]
        version = {"VersionId": one.version, "VersionStages": ["AWSCURRENT"], "CreatedDate": one.created}
        return {"Versions": [version] if one.value is not None else []}

    @writes
    def tag_resource(self, SecretId: str, Tags: list[dict[str, str]]) -> None:
        self.aws.secrets.setdefault(SecretId, Secret()).tags |= {tag["Key"]: tag["Value"] for tag in Tags}

    @writes
    def put_secret_value(self, SecretId: str, SecretString: str) -> None:
        one, self.aws.versions = self.aws.secrets[SecretId], self.aws.versions + 1
        one.value, one.version, one.created = SecretString, f"version-{self.aws.versions}", self.aws.now()

    def _value(self, name: str) -> Any:
        one = self.aws.secrets[name]
        known = {"Name": name, "VersionId": one.version, "CreatedDate": one.created}
        return known | {"SecretString": one.value} if one.value is not None else None

    def _described(self, name: str) -> Any:
        one = self.aws.secrets[name]
        stages = {one.version: ["AWSCURRENT"]} if one.value is not None else {}
        return {
            "Name": name,
            "ARN": arn_of(name),
            "SecretVersionsToStages": stages,
            "Tags": tag_list(one.tags),
        }


class ParameterStore(Client):
    @writes
    def put_parameter(self, Name: str, Value: str, Type: str, **_: Any) -> None:
        assert Type == "String"
        self.aws.parameters[Name] = Value

    def get_parameters_by_path(self, Path: str, Recursive: bool, WithDecryption: bool) -> Any:
        found = [(name, text) for name, text in self.aws.parameters.items() if name.startswith(f"{Path}/")]
        return {"Parameters": [{"Name": name, "Value": text} for name, text in found]}


class Tagging(Client):
    def get_resources(self, TagFilters: Any, ResourceTypeFilters: Any) -> Any:
        wanted = {(one["Key"], value) for one in TagFilters for value in one["Values"]}
        found = [(name, one.tags) for name, one in self.aws.secrets.items() if wanted <= one.tags.items()]
        return {
            "ResourceTagMappingList": [
                {"ResourceARN": arn_of(name), "Tags": tag_list(tags)} for name, tags in found
            ]
        }
