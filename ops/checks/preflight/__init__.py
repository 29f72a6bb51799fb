"""Checks before the first update: quotas, availability by zone, and what exists in the account already."""

from ops.checks.preflight import availability, names, prerequisites, quotas, singletons
from ops.checks.verify.registry import Check

__all__ = ["PREFLIGHT"]

PREFLIGHT: tuple[Check, ...] = (
    Check("preflight-database-zones", (), availability.database_zones),
    Check("preflight-endpoint-zones", (), availability.endpoint_zones),
    Check("preflight-host-zones", (), availability.host_zones),
    Check("preflight-addresses", (), quotas.addresses),
    Check("preflight-vpcs", (), quotas.vpcs),
    Check("preflight-rules", (), quotas.rules),
    Check("preflight-executions", (), quotas.executions),
    Check("preflight-cpus", (), quotas.cpus),
    Check("preflight-trails", (), quotas.trails),
    Check("preflight-secret-names", (), names.secret_names),
    Check("preflight-database-name", (), names.database_name),
    Check("preflight-names", (), names.left_over),
    Check("preflight-bucket-names", (), names.buckets),
    Check("preflight-detector", (), singletons.detector),
    Check("preflight-recorder", (), singletons.recorder),
    Check("preflight-analyzers", (), singletons.analyzers),
    Check("preflight-session-document", (), singletons.session_document),
    Check("preflight-certificate", ("A1",), prerequisites.certificate),
    Check("preflight-oidc", (), prerequisites.oidc),
)
