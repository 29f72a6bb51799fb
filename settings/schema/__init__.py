"""The models of a stack file, one module for each section or group of sections."""

from settings.schema.audit import AuditSettings
from settings.schema.data import BackupSettings, CacheSettings, DatabaseSettings
from settings.schema.delivery import DeliverySettings
from settings.schema.edge import EdgeSettings
from settings.schema.monitoring import LogPatternsSettings, MonitoringSettings
from settings.schema.network import NetworkSettings
from settings.schema.secrets import KeyringSettings, SecretSettings
from settings.schema.services import (
    ContainersSettings,
    HostSettings,
    OneOffTaskSettings,
    PlainParameterSettings,
    PlatformSettings,
    ServiceSettings,
    SshSettings,
    ToolSettings,
)
from settings.schema.stack import ApplicationSettings, EnvironmentSettings, Settings

__all__ = [
    "ApplicationSettings",
    "AuditSettings",
    "BackupSettings",
    "CacheSettings",
    "ContainersSettings",
    "DatabaseSettings",
    "DeliverySettings",
    "EdgeSettings",
    "EnvironmentSettings",
    "HostSettings",
    "KeyringSettings",
    "LogPatternsSettings",
    "MonitoringSettings",
    "NetworkSettings",
    "OneOffTaskSettings",
    "PlainParameterSettings",
    "PlatformSettings",
    "SecretSettings",
    "ServiceSettings",
    "Settings",
    "SshSettings",
    "ToolSettings",
]
