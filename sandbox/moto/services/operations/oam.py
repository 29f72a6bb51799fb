"""CloudWatch Observability Access Manager: the links of an account, which moto does not implement."""

from __future__ import annotations

from sandbox.moto import routes
from sandbox.moto.missing_operations import Kind, answer_from_memory

answer_from_memory(
    Kind(
        "oam",
        ("Id",),
        create="CreateLink",
        reads="ListLinks",
        delete="DeleteLink",
        also=(("SinkIdentifier", "SinkArn"), ("Id", "Identifier")),
        arn="arn:aws:oam:{region}:{account}:link/{id}",
    ),
)


def install() -> None:
    """Add the service to moto and to its server."""
    routes.add_service("oam", r"https?://oam\.(.+)\.amazonaws\.com", signing_name="oam")
