"""Service Quotas: the quotas that AWS gives a new account."""

from __future__ import annotations

from sandbox.moto.hooks import Asked, Params, Refused, answers
from settings.schema import aws_limits as limits

QUOTAS = {
    ("ec2", "L-0263D0A3"): limits.ADDRESSES.value,
    ("vpc", "L-F678F1CE"): 5,  # VPCs per region
    ("vpc", "L-0EA8095F"): limits.RULES_OF_SECURITY_GROUP.value,
    ("ec2", "L-1216C47A"): 32,  # vCPUs of running on-demand instances of the standard families
    ("fargate", "L-3032A538"): 140,  # vCPUs of running on-demand Fargate tasks
}


@answers("service-quotas", "GetServiceQuota")
def quota(asked: Asked) -> Params:
    """Return a quota with the default value of AWS."""
    code = asked.params["ServiceCode"], asked.params["QuotaCode"]
    if code not in QUOTAS:
        raise Refused("NoSuchResourceException", f"The quota {code[1]} of {code[0]} is not emulated.")
    return {"Quota": {"ServiceCode": code[0], "QuotaCode": code[1], "Value": float(QUOTAS[code])}}
