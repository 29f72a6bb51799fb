"""The policy documents of bootstrap: of the state, of the roles that run Pulumi, and their boundary."""

from iam_documents import Document
from ops.bootstrap.documents.boundary import boundary
from ops.bootstrap.documents.plan_role import plan_rights
from ops.bootstrap.documents.state import state_bucket, state_key
from ops.bootstrap.documents.trust import people_trust, trust
from ops.bootstrap.documents.update_role import up_rights

__all__ = [
    "Document",
    "boundary",
    "people_trust",
    "plan_rights",
    "state_bucket",
    "state_key",
    "trust",
    "up_rights",
]
