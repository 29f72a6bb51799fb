"""ACM: the load balancers that use a certificate, where moto names their listeners, and its export option."""

from __future__ import annotations

from sandbox.moto.hooks import FORGET, Asked, Params, corrects

EXPORTABLE: set[str] = set()
"""ARNs of certificates whose private key can be exported; moto knows no such option."""
FORGET.append(EXPORTABLE.clear)


@corrects("acm", "DescribeCertificate")
def used_by(asked: Asked, answer: Params) -> Params:
    """Replace the ARN of a listener by that of its load balancer, and add the option."""
    certificate = answer["Certificate"]
    users = {*map(_load_balancer, certificate.get("InUseBy") or [])}
    export = "ENABLED" if certificate["CertificateArn"] in EXPORTABLE else "DISABLED"
    options = {**certificate.get("Options", {}), "Export": export}
    return {**answer, "Certificate": {**certificate, "InUseBy": sorted(users), "Options": options}}


def _load_balancer(arn: str) -> str:
    before, kind, name = arn.partition(":listener/")
    return f"{before}:loadbalancer/{name.rpartition('/')[0]}" if kind else arn
