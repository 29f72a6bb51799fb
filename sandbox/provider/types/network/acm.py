"""ACM: certificates and their validation."""

from __future__ import annotations

from sandbox.provider.rows import Stays, row

row(
    "acm/certificate:Certificate",
    "acm.request_certificate",
    id="CertificateArn",
    read="describe_certificate(CertificateArn={id}).Certificate",
    out=(
        "arn:CertificateArn status:Status "
        "domainValidationOptions:DomainValidationOptions[].{domainName:DomainName,resourceRecordName:ResourceRecord.Name,resourceRecordType:ResourceRecord.Type,resourceRecordValue:ResourceRecord.Value}"
    ),
    skip="validationOptions",
    secret="privateKey privateKeyWo",
    delete="delete_certificate(CertificateArn={id})",
    replace="*",
)
row(
    "acm/certificateValidation:CertificateValidation",
    "acm.describe_certificate",
    id="{certificateArn}",
    read="describe_certificate(CertificateArn={id}).Certificate",
    skip="validationRecordFqdns",
    delete=Stays("it only waits for a certificate"),
    replace="*",
)
