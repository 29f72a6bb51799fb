"""ACM: names the load balancers that use a certificate, where moto names their listeners."""

from __future__ import annotations

from sandbox.moto.hooks import Asked, Params, corrects


@corrects("acm", "DescribeCertificate")
def used_by(asked: Asked, answer: Params) -> Params:
    """Replace the ARN of a listener by that of its load balancer."""
    certificate = answer["Certificate"]
    users = {*map(_load_balancer, certificate.get("InUseBy") or [])}
    return {**answer, "Certificate": {**certificate, "InUseBy": sorted(users)}}


def _load_balancer(arn: str) -> str:
    before, kind, name = arn.partition(":listener/")
    return f"{before}:loadbalancer/{name.rpartition('/')[0]}" if kind else arn
