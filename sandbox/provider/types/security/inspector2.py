"""Inspector: enables the scans of the account."""

from __future__ import annotations

from sandbox.provider.rows import row

row(
    "inspector2/enabler:Enabler",
    "inspector2.enable",
    id="'enabler'",
    read="batch_get_account_status(accountIds=[{a}]).accounts[0]",
    replace="*",
)
