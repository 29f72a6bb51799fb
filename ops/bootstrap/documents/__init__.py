"""The policy documents of bootstrap: of the state, of the roles that run Pulumi, and their boundary."""

from iam_documents import Document
from ops.bootstrap.documents.boundary import boundary
from ops.bootstrap.documents.roles import plan_rights, trust, up_rights
from ops.bootstrap.documents.state import state_bucket, state_key

__all__ = ["Document", "boundary", "plan_rights", "state_bucket", "state_key", "trust", "up_rights"]
