"""Tests of converting inputs to the parameters of botocore's models."""

from __future__ import annotations

from typing import Any

from botocore.session import get_session

from sandbox.provider import shapes


def shape(service: str, operation: str) -> Any:
    return get_session().get_service_model(service).operation_model(operation).input_shape


def test_shapes_speak_boto3() -> None:
    lost: list[str] = []
    given = {"cidrBlock": "10.0.0.0/16", "nonsense": 1, "instanceTenancy": "default"}
    assert shapes.convert(shape("ec2", "CreateVpc"), given, {}, lost) == {
        "CidrBlock": "10.0.0.0/16",
        "InstanceTenancy": "default",
    }
    assert lost == ["nonsense"]


def test_shapes_turn_a_map_into_pairs_and_a_number_into_an_int() -> None:
    given = {"AlarmName": "a", "dimensions": {"X": "y"}, "period": 60.0, "threshold": 1.0}
    assert shapes.convert(shape("cloudwatch", "PutMetricAlarm"), given) == {
        "AlarmName": "a",
        "Dimensions": [{"Name": "X", "Value": "y"}],
        "Period": 60,
        "Threshold": 1.0,
    }


def test_a_dimension_may_be_called_name() -> None:
    given = {"dimensions": {"Name": "aiponge/jwt-secret"}}
    assert shapes.convert(shape("cloudwatch", "PutMetricAlarm"), given) == {
        "Dimensions": [{"Name": "Name", "Value": "aiponge/jwt-secret"}]
    }


def test_renames_reach_into_structures() -> None:
    rename = {"breaker": "deploymentConfiguration.deploymentCircuitBreaker"}
    given = {"serviceName": "s", "breaker": {"enable": True, "rollback": False}}
    assert shapes.convert(shape("ecs", "CreateService"), given, rename) == {
        "serviceName": "s",
        "deploymentConfiguration": {"deploymentCircuitBreaker": {"enable": True, "rollback": False}},
    }
