"""One EC2 host that runs docker-compose, with its sessions, patches and parameter updates."""

from components.host.host import Host, HostArgs
from components.host.parameter_refresh import Refresh, RefreshArgs
from components.host.patching import Patching, PatchingArgs
from components.host.role import declared_names
from components.host.session_manager import Sessions, SessionsArgs
from components.host.ssm_documents import deploy_document, update_document

__all__ = [
    "Host",
    "HostArgs",
    "Patching",
    "PatchingArgs",
    "Refresh",
    "RefreshArgs",
    "Sessions",
    "SessionsArgs",
    "declared_names",
    "deploy_document",
    "update_document",
]
