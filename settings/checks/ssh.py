"""Checks of SSH access to the host: the addresses it admits, and the private keys in the stack."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network

from settings.checks.check import Others
from settings.grants import DEPLOY_READER
from settings.schema.stack import Settings

MIN_SSH_PREFIX = 24


def ssh_problems(settings: Settings, _others: Others) -> Iterator[str]:
    """Port 22 on the host."""
    host = settings.host
    if host is None:
        return
    for block in host.ssh.allowed_cidrs:
        try:
            narrow = IPv4Network(block).prefixlen >= MIN_SSH_PREFIX
        except ValueError:
            yield f"platform.ssh.allowedCidrs: {block} is no IPv4 block; write it as 203.0.113.0/24"
            continue
        if settings.environment.production and not narrow:
            rule = f"(B44); /{MIN_SSH_PREFIX} or narrower"
            yield f"platform.ssh.allowedCidrs: port 22 from {block} in production {rule}"
    if host.ssh.enabled and not host.ssh.allowed_cidrs:
        yield "platform.ssh.enabled=true without allowedCidrs: name who may come, or use Session Manager"
    if host.ssh.allowed_cidrs and not host.ssh.enabled:
        yield "platform.ssh.allowedCidrs without enabled: true has no effect; remove them"


def private_key_problems(settings: Settings, _others: Others) -> Iterator[str]:
    """A key to the host exists only where the host can be entered by it, and for the pipeline alone."""
    host = settings.host
    for key, secret in settings.secrets.items():
        if secret.kind != "ssh-private-key":
            continue
        where = f"secrets.{key}"
        if host is None or not host.ssh.enabled:
            yield f"{where}: opens nothing while platform.ssh.enabled is false (B18); remove it or enable it"
        if secret.readers != (DEPLOY_READER,):
            readers = ", ".join(secret.readers) or "nobody"
            yield f"{where}.readers={readers}: a private key is for the pipeline alone (B53); write [deploy]"
        if not secret.in_parameter_store:
            yield f"{where}.store={secret.store}: a private key lies in parameter-store (B18)"
        if secret.env is not None:
            yield f"{where}.env={secret.env}: a key of several lines fits in no variable; remove it"
