"""Checks of SSH access to the host: the allowed addresses, and the private keys in the stack."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network

from settings.checks.check import Others
from settings.grants import DEPLOY_READER
from settings.schema.stack import Settings

MIN_SSH_PREFIX = 24


def ssh_problems(settings: Settings, _others: Others) -> Iterator[str]:
    """Check the addresses that may connect to port 22 of the host."""
    host = settings.host
    if host is None:
        return
    for block in host.ssh.allowed_cidrs:
        try:
            narrow = IPv4Network(block).prefixlen >= MIN_SSH_PREFIX
        except ValueError:
            yield f"platform.ssh.allowedCidrs: {block} is not an IPv4 block; write it as 203.0.113.0/24"
            continue
        if settings.environment.production and not narrow:
            rule = f"; allow /{MIN_SSH_PREFIX} or narrower"
            yield f"platform.ssh.allowedCidrs: port 22 from {block} in production{rule}"
    if host.ssh.enabled and not host.ssh.allowed_cidrs:
        yield "platform.ssh.enabled=true without allowedCidrs: list the addresses, or use Session Manager"
    if host.ssh.allowed_cidrs and not host.ssh.enabled:
        yield "platform.ssh.allowedCidrs has no effect without enabled: true; remove it, or enable SSH"


def private_key_problems(settings: Settings, _others: Others) -> Iterator[str]:
    """Check that private SSH keys exist only where SSH is enabled, and only the pipeline reads them."""
    host = settings.host
    for key, secret in settings.secrets.items():
        if secret.kind != "ssh-private-key":
            continue
        where = f"secrets.{key}"
        if host is None or not host.ssh.enabled:
            yield f"{where}: has no effect while platform.ssh.enabled is false; remove it, or enable SSH"
        if secret.readers != (DEPLOY_READER,):
            readers = ", ".join(secret.readers) or "nobody"
            yield f"{where}.readers={readers}: only the pipeline may read a private key; write [deploy]"
        if not secret.in_parameter_store:
            yield f"{where}.store={secret.store}: a private key must be in parameter-store"
        if secret.env is not None:
            yield f"{where}.env={secret.env}: a key of several lines does not fit into a variable; remove it"
