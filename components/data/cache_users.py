"""One user may log in to the cache and cannot administer it, and its password changes without an outage."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi
from pulumi_aws import elasticache

from components.options import unprotected_child
from settings.names import Names
from settings.schema.data import CacheSettings

ENGINE = "valkey"
# Everything an application does, but nothing that empties, reconfigures or spies on the server; clients ask
# INFO before they call a connection ready, and KEYS is only slow.
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
    """Give ``owner`` the application's user, and a ``default`` one that is switched off."""
    name = owner.pulumi_resource_name
    # Running tasks keep the password they started with: the one before logs in until the next change.
    passwords = [values[settings.url_secret]]
    if settings.url_secret in previous:
        passwords.append(previous[settings.url_secret])
    users = [
        elasticache.User(
            f"{name}-{label}",
            user_id=names.part(f"redis-{label}"),
            user_name=user_name,
            engine=ENGINE,
            access_string=access,
            # Valkey takes no user without authentication, not even one that is off.
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
