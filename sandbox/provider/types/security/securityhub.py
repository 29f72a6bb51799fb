"""Security Hub: enables it for the account."""

from __future__ import annotations

from sandbox.provider.rows import row

row(
    "securityhub/account:Account",
    "securityhub.enable_security_hub",
    id="{a}",
    read="describe_hub().@",
    out="arn:HubArn",
    skip="autoEnableControls",
    delete="disable_security_hub()",
)
