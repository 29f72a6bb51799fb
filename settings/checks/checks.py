"""What must hold between the parts of a stack file: each check yields one sentence a mistake."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from ipaddress import IPv4Network

from settings.checks.audit import audit_problems
from settings.checks.host import host_problems
from settings.checks.tasks import ring_problems, sidecar_problems, task_problems, tool_problems
from settings.errors import nearest
from settings.grants import entries_read_by, known_readers
from settings.schema.data import MIN_BACKUP_DAYS
from settings.schema.network import MIN_AZS, SMALLEST_VPC_PREFIX
from settings.schema.secrets import KEY_KINDS, SecretSettings
from settings.schema.services import ContainersSettings, HostSettings, ServiceSettings
from settings.schema.stack import Settings

TIERS = 3
LARGEST_VPC_PREFIX = 16
RESERVED_PORTS = {443: "the gateway", 5432: "PostgreSQL", 6379: "Redis"}
NEEDED_ENDPOINTS = ("ecr.api", "ecr.dkr", "logs", "secretsmanager")
FORBIDDEN_ADMINS = frozenset({"postgres", "admin", "root", "rdsadmin"})
MIN_SSH_PREFIX = 24

Others = Mapping[str, IPv4Network]
"""The address spaces of the other stacks, by stack file."""


def network_problems(settings: Settings, others: Others) -> Iterator[str]:
    """Address space, zones and ways out."""
    network = settings.network
    for file, other in others.items():
        if network.cidr.overlaps(other):
            yield f"network.cidr {network.cidr} overlaps {other} ({file}); choose another /16"
    for peer in network.peers:
        if network.cidr.overlaps(peer):
            yield f"network.cidr {network.cidr} overlaps the peer {peer}; choose another /16"
    if network.cidr.prefixlen > SMALLEST_VPC_PREFIX:
        subnets = TIERS * max(network.azs, 1)
        yield (
            f"network.cidr /{network.cidr.prefixlen} cannot hold {subnets} subnets with 30% growth; "
            f"need /{SMALLEST_VPC_PREFIX} or larger"
        )
    if network.cidr.prefixlen < LARGEST_VPC_PREFIX:
        yield f"network.cidr /{network.cidr.prefixlen}: no VPC exceeds a /{LARGEST_VPC_PREFIX}; choose a /16"
    if not MIN_AZS <= network.azs <= 4:
        advice = "RDS subnet groups and the ALB need 2 or more (prod: 3)"
        yield f"network.azs={network.azs}: {advice if network.azs < MIN_AZS else 'at most 4'}; set 2, 3 or 4"
    if network.nat == "none":
        for name, service in settings.services.items():
            if service.external:
                yield f"service {name} has external=true but nat=none: set nat or external=false"
        if isinstance(settings.platform, HostSettings):
            yield "the host installs packages and pulls images, but nat=none: set nat"


def service_problems(settings: Settings, _others: Others) -> Iterator[str]:
    """Ports, names and what a service needs to start."""
    platform = settings.platform
    if not isinstance(platform, ContainersSettings):
        return
    where = "platform.services"
    if platform.gateway not in platform.services:
        hint = nearest(platform.gateway, tuple(platform.services))
        yield f"platform.gateway={platform.gateway}: is no service{hint or '; name one of them'}"
    seen: dict[int, str] = {}
    for name, service in platform.services.items():
        if service.port in seen:
            yield f"services {seen[service.port]} and {name} share Service Connect alias port {service.port}"
        seen.setdefault(service.port, name)
        if service.port in RESERVED_PORTS and name != platform.gateway:
            owner = RESERVED_PORTS[service.port]
            yield f"{where}.{name}.port={service.port}: reserved for {owner}; choose another"
        yield from _dependencies(platform, name, service)
        yield from sidecar_problems(f"{where}.{name}", service, gateway=name == platform.gateway)
        yield from task_problems(f"{where}.{name}", service)
        if service.max_tasks < service.min_tasks:
            yield f"{where}.{name}.maxTasks={service.max_tasks}: below minTasks={service.min_tasks}"
    for name, task in platform.one_off_tasks.items():
        if task.service not in platform.services:
            hint = nearest(task.service, tuple(platform.services))
            yield f"platform.oneOffTasks.{name}.service={task.service}: is no service{hint}"
    yield from tool_problems(platform)
    missing = [one for one in NEEDED_ENDPOINTS if one not in settings.network.endpoints]
    if missing:
        lacking = ", ".join(missing)
        yield f"network.endpoints lacks {lacking}: services reach AWS through endpoints only; add them"
    if settings.environment.production and platform.exec_enabled:
        yield "platform.execEnabled=true: ECS Exec needs a writable root and stays off in production"
    users = [name for name, service in platform.services.items() if "cache" in service.stores]
    if users and settings.cache is None:
        yield f"cache: missing, but {', '.join(users)} use it; add strongroom:cache"


def _dependencies(platform: ContainersSettings, name: str, service: ServiceSettings) -> Iterator[str]:
    for callee in service.calls:
        if callee not in platform.services:
            hint = nearest(callee, tuple(platform.services))
            yield f'platform.services.{name}.calls: "{callee}" is no service{hint or "; remove it"}'


def store_problems(settings: Settings, _others: Others) -> Iterator[str]:
    """Which platform reads which store."""
    for key, secret in settings.secrets.items():
        readers = [one for one in secret.readers if one in settings.services or one in settings.tools]
        if secret.store == "parameter-store" and readers:
            reader = readers[0]
            yield f"secrets.{key}.store=parameter-store: {reader} reads Secrets Manager only; move it there"


def secret_problems(settings: Settings, _others: Others) -> Iterator[str]:
    """Readers, names, variables and generations of the declared secrets."""
    readers = known_readers(settings)
    other = {"production", "prod", "staging"} - {settings.environment.name}
    taken: dict[str, str] = {}
    for key, secret in settings.secrets.items():
        where = f"secrets.{key}"
        for name in (secret.name, *((secret.keyring.name,) if secret.keyring else ())):
            if name in taken:
                yield f"{where}.name={name}: already the name of {taken[name]}; names are unique"
            taken[name] = key
            for wrong in sorted(other & set(name.split("/"))):
                yield (
                    f"{where}: stack {settings.environment.name} names {name}, a path of {wrong}; "
                    "environments must not mix (B43)"
                )
        for reader in secret.readers:
            if reader not in readers:
                hint = nearest(reader, readers)
                yield f'secret {key}: reader "{reader}" is no service{hint or "; remove it"}'
        yield from ring_problems(where, secret, tuple(settings.tools))
        if not secret.readers and secret.required:
            yield f"{secret.name} has no reader; list its readers or set required: false"
        if secret.store == "parameter-store" and not secret.name.startswith("/"):
            yield f"{where}.name={secret.name}: a parameter's name begins with a slash"
        yield from _generation_problems(where, key, secret)
    yield from _variable_problems(settings)


def _generation_problems(where: str, key: str, secret: SecretSettings) -> Iterator[str]:
    if secret.min_generation > secret.generation:
        yield (
            f"{where}.generation={secret.generation}: below minGeneration={secret.min_generation}; "
            "generations only rise"
        )
    if secret.generation in secret.revoked:
        yield f"{where}.generation={secret.generation}: is revoked; choose {secret.next_generation}"
    if secret.keyring is not None:
        if secret.kind not in KEY_KINDS:
            yield f"{where}.keyring: a secret of kind {secret.kind} has no ring; remove it"
        if secret.keyring.name.startswith(secret.name + "-"):
            # IAM adds -?????? to a secret's name: a longer sibling would match this one's pattern.
            yield f"{where}.keyring.name={secret.keyring.name}: begins with {secret.name}-; choose another"
        for reader in secret.keyring.readers:
            if reader not in secret.readers:
                hint = nearest(reader, secret.readers)
                yield f'{where}.keyring.readers: "{reader}" is no reader of {key}{hint or "; remove it"}'
    yield from _envelope_problems(where, secret)
    if secret.initial == "imported" and not secret.generated:
        yield f"{where}.initial=imported: only generated kinds have it; remove it"


def _envelope_problems(where: str, secret: SecretSettings) -> Iterator[str]:
    if secret.envelope == "legacy":
        return
    if secret.kind != "aes-256-key":
        yield f"{where}.envelope={secret.envelope}: kind {secret.kind} encrypts no rows; remove it"
    elif secret.keyring is None:
        yield f"{where}.envelope={secret.envelope}: names keys by kid, but there is no ring; declare keyring"
    elif secret.one_key_readers:
        lacking = ", ".join(secret.one_key_readers)
        yield f"{where}.envelope={secret.envelope}: {lacking} know one key; list them in keyring.readers"


def _variable_problems(settings: Settings) -> Iterator[str]:
    for reader in known_readers(settings):
        given: dict[str, str] = {}
        for entry in entries_read_by(settings, reader):
            env, key = entry.env, entry.key
            if env is None:
                continue
            if env in given:
                yield f"secrets {given[env]} and {key} both give {reader} the variable {env}; rename one"
            given[env] = key
        service = settings.services.get(reader)
        for env in service.required_env if service else ():
            if env not in given:
                yield f"{reader} lacks {env}: declare a secret with env {env} and reader {reader}"
        for env in service.environment if service else ():
            if env in given:
                where = f"platform.services.{reader}.environment.{env}"
                yield f"{where}: is also a secret ({given[env]}); remove it"


def data_problems(settings: Settings, _others: Others) -> Iterator[str]:
    """Backups, admin names and passwords of the data stores."""
    database, cache = settings.database, settings.cache
    days = database.backup_retention_days
    if days < MIN_BACKUP_DAYS:
        yield f"database.backupRetentionDays={days}: minimum {MIN_BACKUP_DAYS} (A42)"
    if database.username in FORBIDDEN_ADMINS:
        yield f"database.username={database.username}: every attacker tries it first; choose another"
    if database.max_storage_gib < database.storage_gib:
        ceiling, start = database.max_storage_gib, database.storage_gib
        yield f"database.maxStorageGib={ceiling}: below storageGib={start}"
    if database.password_secret is not None:
        yield from _refers(settings, "database.passwordSecret", database.password_secret, "password")
    if cache is not None:
        yield from _refers(settings, "cache.urlSecret", cache.url_secret, "redis-url")
        if cache.multi_az and cache.nodes < 2:
            yield f"cache.nodes={cache.nodes}: multiAz needs 2 or more; add a node or set multiAz: false"


def _refers(settings: Settings, where: str, key: str, kind: str) -> Iterator[str]:
    secret = settings.secrets.get(key)
    if secret is None:
        yield f"{where}={key}: is no declared secret{nearest(key, tuple(settings.secrets)) or '; declare it'}"
    elif secret.kind != kind:
        yield f"{where}={key}: is of kind {secret.kind}; name one of kind {kind}"


def edge_problems(settings: Settings, _others: Others) -> Iterator[str]:
    """The door."""
    edge = settings.edge
    if not edge.certificate_arn and not (edge.domain and edge.zone_id):
        yield "edge: neither certificateArn nor (domain, zoneId); HTTP-only listeners are not built"
    if edge.certificate_arn and f":{settings.region}:" not in edge.certificate_arn:
        arn, region = edge.certificate_arn, settings.region
        yield f"edge.certificateArn: {arn} is not in {region}; the load balancer needs one that is"


def administrator_problems(settings: Settings, _others: Others) -> Iterator[str]:
    """Who may change keys and secret policies."""
    if not settings.administrators:
        yield "administrators: empty; name the role that runs `up`, or nobody could mend a secret policy"
    for arn in settings.administrators:
        if f":{settings.account_id}:" not in arn:
            account = settings.account_id
            yield f"administrators: {arn} is not in account {account}; environments share no roles"


def sign_off_problems(settings: Settings, _others: Others) -> Iterator[str]:
    """What production must have before it goes live."""
    if settings.environment.production:
        needed = {"monitoring.email": settings.monitoring.email, "edge.domain": settings.edge.domain}
        delivery = settings.delivery
        needed["delivery.repositoryId"] = str(delivery.repository_id) if delivery else None
        missing = [path for path, value in needed.items() if not value]
        if missing:
            yield (
                f"{settings.environment.name} needs {', '.join(needed)} before it goes live; "
                f"missing: {', '.join(missing)}"
            )


def ssh_problems(settings: Settings, _others: Others) -> Iterator[str]:
    """Port 22 on the host."""
    if not isinstance(settings.platform, HostSettings):
        return
    host = settings.platform
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


Check = Callable[[Settings, Others], Iterator[str]]

CHECKS: tuple[tuple[Check, tuple[str, ...]], ...] = (
    (network_problems, ("network", "platform")),
    (service_problems, ("platform", "network", "environment", "cache")),
    (store_problems, ("secrets", "platform")),
    (secret_problems, ("secrets", "platform", "environment")),
    (data_problems, ("database", "cache", "secrets")),
    (edge_problems, ("edge", "region")),
    (administrator_problems, ("administrators", "account_id")),
    (sign_off_problems, ("environment", "monitoring", "edge", "delivery")),
    (ssh_problems, ("platform", "environment")),
    (audit_problems, ("audit", "environment")),
    (
        host_problems,
        ("platform", "secrets", "application", "environment", "database", "edge", "region", "account_id"),
    ),
)
"""Each check with the sections it reads: it runs when those were understood, so all errors show at once."""
