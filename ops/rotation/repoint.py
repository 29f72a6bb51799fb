"""After a restore the URL leads to the stack's instance again: only its host changes."""

from __future__ import annotations

import uuid
from urllib.parse import urlsplit, urlunsplit

from ops.checks.verify.data.database import instance
from ops.core.context import Site
from ops.core.exits import Exit, Stop
from ops.core.stored_secret import held
from ops.rotation import readers
from ops.rotation.database import CURRENT, PENDING, created, staged

HOST_VARIABLE = "DATABASE_HOST"


def repoint(site: Site, name: str, *, write: bool) -> Exit:
    """Put the address of the stack's database into a stored URL."""
    _, secret = site.secret(name)
    if not secret.rotated_by_function:
        raise Stop(Exit.BAD_INPUT, f"{name} is of kind {secret.kind}: only a postgres-url is repointed")
    stages = staged(site, secret.name)
    if stages.get(PENDING) not in (None, stages.get(CURRENT)):
        raise Stop(Exit.REFUSED, f"{secret.name} is being rotated: wait, or ops rotate --resume or --abort")
    address = _address(site)
    moved = with_host(held(site, secret).plain.text, address)
    if moved is None:
        site.say(f"{secret.name} leads to {address} already", "green")
    elif not write:
        site.say(f"would lead {secret.name} to {address}; add --apply", "yellow")
    else:
        _refuse_old_function(site, address)
        site.estate.client("secretsmanager").put_secret_value(
            SecretId=secret.name, ClientRequestToken=str(uuid.uuid4()), SecretString=moved
        )
        site.say(f"{secret.name} leads to {address}", "green")
        readers.restart(site, secret.readers, created(site, secret.name))
        site.say(
            "if the restored data is older than the last rotation, rotate now: its passwords are older too"
        )
    done = moved is None or write
    site.screen.document({"stack": site.stack, "secret": secret.name, "host": address, "done": done})
    return Exit.DONE


def with_host(url: str, host: str) -> str | None:
    """The URL with another host; None where it has that host. :class:`Stop` never quotes it."""
    parts = None
    try:
        parts = urlsplit(url)
        known = (parts.scheme, parts.hostname, parts.port)
    except ValueError:
        known = ("", None, None)
    if parts is None or known[0] not in ("postgres", "postgresql") or not known[1] or "," in parts.netloc:
        raise Stop(Exit.REFUSED, "the stored value is no postgresql:// URL with one host: rotate it instead")
    if known[1] == host:
        return None
    login, at, _ = parts.netloc.rpartition("@")
    port = f":{known[2]}" if known[2] else ""
    return urlunsplit(parts._replace(netloc=f"{login}{at}{host}{port}"))


def _address(site: Site) -> str:
    found = instance(site.estate)
    address = (found or {}).get("Endpoint", {}).get("Address")
    if found is None or found.get("DBInstanceStatus") != "available" or not address:
        raise Stop(Exit.REFUSED, f"{site.estate.names.part('rds')} is not available yet")
    return str(address)


def _refuse_old_function(site: Site, address: str) -> None:
    """The rotation function refuses a URL that leads elsewhere than its own environment says."""
    function = site.estate.names.part("rotate")
    known = site.estate.client("lambda").get_function_configuration(FunctionName=function)
    if known.get("Environment", {}).get("Variables", {}).get(HOST_VARIABLE) != address:
        raise Stop(
            Exit.REFUSED,
            f"function {function} still leads elsewhere than {address}: run `pulumi up` first, it would "
            "refuse the next rotation",
        )
