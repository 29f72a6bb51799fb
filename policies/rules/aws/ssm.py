"""SSM: SecureString parameters, documents without credentials, encrypted and logged sessions."""

from __future__ import annotations

from collections.abc import Callable

from secret_detection import credential, names_a_credential, scan

from rules.lib.resource_types import SSM_DOCUMENT, SSM_PARAMETER
from rules.lib.text_documents import entry, parse
from rules.pack.config import Configuration
from rules.pack.properties import Props, is_one_of, is_set, off, own_key, part, text
from rules.pack.rule import A, M, P, Resource, resource_rule


def _secure(parameter: Resource, config: Configuration) -> list[str]:
    props = parameter.props
    if text(props, "type") == "SecureString":
        return []
    name = text(props, "name")
    if name in config.secrets:
        return ["a declared secret is stored in plain text"]
    if names_a_credential(name.rsplit("/", 1)[-1]):
        return ["its name is that of a secret, but its type is not SecureString"]
    value = text(props, "value") or text(props, "insecureValue")
    return ["its value looks like a credential"] if credential(value) else []


def _shared(document: Props) -> bool:
    accounts = entry(part(document, "permissions"), "account_ids")
    listed = accounts.split(",") if isinstance(accounts, str) else accounts or ()
    return any(str(account).strip().lower() == "all" for account in listed)


def _session(holds: Callable[[Props], bool]) -> Callable[[Props], bool]:
    """Check the session preferences of a Session document; other documents have none."""

    def check(document: Props) -> bool:
        if not is_one_of(document, "documentType", "Session"):
            return True
        return holds(part(parse(text(document, "content")), "inputs"))

    return check


def _logged(session: Props) -> bool:
    to_logs = text(session, "cloudWatchLogGroupName") and not off(session, "cloudWatchEncryptionEnabled")
    to_bucket = text(session, "s3BucketName") and not off(session, "s3EncryptionEnabled")
    return bool(to_logs or to_bucket)


RULES = [
    resource_rule(
        "ssm-param-secure",
        M,
        SSM_PARAMETER,
        "A secret in Parameter Store is a SecureString parameter.",
        'set type="SecureString"',
        finds=_secure,
    ),
    resource_rule(
        "ssm-param-cmk",
        A,
        SSM_PARAMETER,
        "A SecureString parameter is encrypted with a customer managed key.",
        "set key_id to a customer managed key",
        holds=lambda parameter: text(parameter, "type") != "SecureString" or own_key(parameter, "keyId"),
    ),
    resource_rule(
        "ssm-doc-private",
        M,
        SSM_DOCUMENT,
        "An SSM document is not shared with all accounts.",
        "name the accounts, or remove permissions",
        holds=lambda document: not (is_set(document, "permissions") and _shared(document)),
    ),
    resource_rule(
        "ssm-doc-no-secrets",
        M,
        SSM_DOCUMENT,
        "An SSM document contains no credential.",
        "fetch it at run time instead",
        finds=lambda document, _: sorted(set(scan(text(document.props, "content")))),
    ),
    resource_rule(
        "ssm-session-encrypted",
        P,
        SSM_DOCUMENT,
        "Session Manager sessions are encrypted with a customer managed key.",
        "set inputs.kmsKeyId in the session preferences",
        holds=_session(lambda session: text(session, "kmsKeyId") != ""),
    ),
    resource_rule(
        "ssm-session-logged",
        P,
        SSM_DOCUMENT,
        "Session Manager sessions are logged to CloudWatch Logs or S3, encrypted.",
        "set inputs.cloudWatchLogGroupName in the session preferences",
        holds=_session(_logged),
    ),
]
