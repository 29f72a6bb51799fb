"""The ElastiCache users: one application user that cannot administer, and a disabled ``default`` user."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi
from pulumi_aws import elasticache

from components.options import unprotected_child
from settings.names import Names
from settings.schema.data import CacheSettings

ENGINE = "valkey"
# All commands but the dangerous ones (FLUSHALL, CONFIG, MONITOR ...). INFO and KEYS are added again: clients
# send INFO before they use a connection, and KEYS is only slow.
APPLICATION_ACCESS = "on ~* &* +@all -@dangerous +info +keys"
NO_ACCESS = "off -@all"


def cache_users(
    owner: pulumi.Resource,
    *,
    names: Names,
    settings: CacheSettings,
    values: Mapping[str, pulumi.Output[str]],
    previous: Mapping[str, pulumi.Output[str]],
) -> elasticache.UserGroup:
    """Give ``owner`` a user group with the application's user and a disabled ``default`` user."""
    name = owner.pulumi_resource_name
    # Running tasks keep the password they started with: the previous one stays valid until the next rotation.
    passwords = [values[settings.url_secret]]
    if settings.url_secret in previous:
        passwords.append(previous[settings.url_secret])
    users = [
        elasticache.User(
            f"{name}-{label}",
            # The name is in the id: a user with another name is created beside the one it replaces.
            user_id=names.cache_user(user_name),
            user_name=user_name,
            engine=ENGINE,
            access_string=access,
            # Valkey rejects a user without authentication, even a disabled one.
            authentication_mode=elasticache.UserAuthenticationModeArgs(type="password", passwords=passwords),
            opts=unprotected_child(owner),
        )
        for label, user_name, access in (
            ("app", settings.username, APPLICATION_ACCESS),
            ("default", "default", NO_ACCESS),
        )
    ]
    return elasticache.UserGroup(
        f"{name}-users",
        user_group_id=names.part("redis"),
        engine=ENGINE,
        user_ids=[user.user_id for user in users],
        opts=unprotected_child(owner),
    )
