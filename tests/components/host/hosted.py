"""The platform of one host alone, with stand-ins for the network, the database and the load balancer."""

from __future__ import annotations

from functools import cache
from types import SimpleNamespace
from typing import Any, cast

import pulumi

from components.delivery import Delivery, DeliveryArgs
from components.network import Placement
from components.secrets import Secrets, SecretsArgs, Values, ValuesArgs
from platforms import host, traits_of
from settings import Settings
from settings.grants import DEPLOY_READER, entries_read_by, grants
from tests.components.alone import make_keys, protected
from tests.components.host.host_stack import PRODUCTION, stack
from tests.harness import Deployment, deploy

PRIVATE = Placement("vpc-1", ["private-a", "private-b"])
GROUP, IMAGE, TARGETS = "sg-host", "ami-0123456789abcdef0", "arn:stand-in:edge-targets"


@cache
def hosted(name: str = PRODUCTION) -> Deployment:
    """A shipped host stack."""
    return hosted_of(stack(name))


def hosted_of(settings: Settings) -> Deployment:
    """The host of any settings."""
    return deploy(lambda: declare(settings))


def declare(settings: Settings) -> dict[str, Any]:
    """Construct the secrets, the deploy role and the host; what the platform says of itself."""
    assert settings.host is not None
    names, keys = settings.names, make_keys(settings)
    supplied = {
        key: pulumi.Output.secret(f"sample-of-{key}-for-tests-only")
        for key, secret in settings.secrets.items()
        if not secret.generated
    }
    values = Values("values", ValuesArgs(secrets=settings.secrets, supplied=supplied))
    secrets = Secrets(
        "secrets",
        SecretsArgs(
            names=names,
            grants=grants(settings),
            values=values,
            key_arn=keys.arns["secrets"],
            urls={},
        ),
        protected(settings),
    )
    delivery = None
    if settings.delivery is not None:
        delivery = Delivery(
            "delivery",
            DeliveryArgs(
                names=names,
                application=settings.application.name,
                settings=settings.delivery,
                pipeline=traits_of(settings).pipeline,
                entries=entries_read_by(settings, DEPLOY_READER),
                secret_arns=secrets.arns,
                secrets_key_arn=keys.arns["secrets"],
            ),
        )
    listener = pulumi.CustomResource("test:index:Listener", "listener")
    edge = SimpleNamespace(
        target_group_arn=TARGETS, url=pulumi.Output.from_input("https://stand-in"), ready=[listener]
    )
    platform = host.run(
        settings,
        settings.host,
        machine_image=IMAGE,
        network=cast(Any, SimpleNamespace(private=PRIVATE)),
        connections=cast(Any, SimpleNamespace(group_ids={"host": GROUP})),
        keys=keys,
        database=cast(Any, SimpleNamespace(address="db.internal")),
        secrets=secrets,
        edge=cast(Any, edge),
        delivery=delivery,
        opts=pulumi.ResourceOptions(),
    )
    return {"facts": platform.facts, "logs": platform.log_groups, "rules": platform.rules}
