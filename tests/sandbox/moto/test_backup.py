"""Recovery points of AWS Backup, asked for in this process and over moto's server."""

from __future__ import annotations

from typing import Any

import boto3
from moto.moto_server.threaded_moto_server import ThreadedMotoServer

DATABASE = "arn:aws:rds:eu-west-1:111122223333:db:aiponge"


def recovery_points(client: Any) -> list[Any]:
    return client.list_recovery_points_by_resource(ResourceArn=DATABASE)["RecoveryPoints"]


def test_the_recovery_points_of_a_resource_are_listed(session: boto3.Session) -> None:
    assert recovery_points(session.client("backup")) == []


def test_a_kept_sandbox_lists_them_too(session: boto3.Session) -> None:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        _, port = server.get_host_and_port()
        client = session.client("backup", endpoint_url=f"http://127.0.0.1:{port}")
        assert recovery_points(client) == []
    finally:
        server.stop()
