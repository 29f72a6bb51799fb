"""CloudWatch Logs Insights queries on the trail's log group, for incident response.

The program saves them as query definitions, and verification compares the saved ones.
"""

from __future__ import annotations

from settings.names import Names

_WHO = (
    "fields @timestamp, coalesce(userIdentity.sessionContext.sessionIssuer.userName, userIdentity.arn) as who"
)
_LATEST = "sort @timestamp desc | limit 1000"
_READS = (
    *("GetSecretValue", "BatchGetSecretValue", "GetParameter", "GetParameters"),
    *("GetParametersByPath", "GetParameterHistory", "Decrypt"),
)
_NEW_KEYS = (
    *("CreateUser", "CreateAccessKey", "CreateLoginProfile", "UpdateLoginProfile", "CreateRole"),
    *("UpdateAssumeRolePolicy", "CreateOpenIDConnectProvider", "CreateKey", "CreateGrant", "PutKeyPolicy"),
)
_ROLES = (
    *("AssumeRole", "AssumeRoleWithWebIdentity", "AssumeRoleWithSAML", "ConsoleLogin"),
    *("StartSession", "SendCommand"),
)


def _one_of(events: tuple[str, ...]) -> str:
    return "filter eventName in [" + ", ".join(f'"{event}"' for event in events) + "]"


QUERIES = {
    "reads-by-principal": (
        f"{_WHO} | {_one_of(_READS)} and not ispresent(errorCode)"
        " | stats count(*) as reads, min(@timestamp) as earliest, max(@timestamp) as latest"
        " by who, sourceIPAddress, eventName | sort reads desc"
    ),
    "denied": (
        f"{_WHO}, sourceIPAddress, eventSource, eventName, errorCode, errorMessage"
        f" | filter errorCode like /AccessDenied|Unauthorized/ | {_LATEST}"
    ),
    "new-keys": (
        f"{_WHO}, sourceIPAddress, eventName, requestParameters.userName, requestParameters.roleName,"
        f" errorCode | {_one_of(_NEW_KEYS)} | {_LATEST}"
    ),
    "role-use": (
        f"{_WHO}, sourceIPAddress, eventName, requestParameters.roleArn, requestParameters.roleSessionName,"
        f" requestParameters.documentName, errorCode | {_one_of(_ROLES)} | {_LATEST}"
    ),
    "deletions": (
        f"{_WHO}, sourceIPAddress, eventSource, eventName, errorCode"
        " | filter eventName like /^(Delete|ScheduleKeyDeletion|DisableKey|StopLogging|Terminate|Cancel)/"
        f" | {_LATEST}"
    ),
}
"""The queries by topic: reads of secrets, denied requests, changes of access, assumed roles, deletions.

None shows a value, because CloudTrail records none.
"""


def query_name(names: Names, query: str) -> str:
    """``shop/prod/incident/denied``: the console shows it as folders."""
    return f"{names.prefix}/{names.environment}/incident/{query}"
