"""The CloudTrail trail, and the detection and defaults of an account."""

from components.audit.audit import Audit, AuditArgs

__all__ = ["Audit", "AuditArgs"]
