"""Inspector: enables the scans of the account."""

from __future__ import annotations

from sandbox.provider.calls import Context
from sandbox.provider.rows import Inputs, row


def disable(context: Context, id_: str, have: Inputs) -> None:
    """Disable the scans that were enabled."""
    params = {"accountIds": have.get("accountIds"), "resourceTypes": have.get("resourceTypes")}
    context.send("inspector2.disable", {key: value for key, value in params.items() if value})


row(
    "inspector2/enabler:Enabler",
    "inspector2.enable",
    id="'enabler'",
    read="batch_get_account_status(accountIds=[{a}]).accounts[0]",
    delete=disable,
    replace="*",
)
