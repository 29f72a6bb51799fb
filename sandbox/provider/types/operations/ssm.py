"""Systems Manager: documents, associations, maintenance windows, patch baselines."""

from __future__ import annotations

from sandbox.provider.calls import Context
from sandbox.provider.rows import Inputs, row


def window_task(context: Context, inputs: Inputs) -> Inputs:
    """Leave out what the task does: moto does not accept it, and only the policies check it."""
    return {key: value for key, value in inputs.items() if key != "taskInvocationParameters"}


def patch_baseline(context: Context, inputs: Inputs) -> Inputs:
    """Filters of a rule are a group in the API."""
    rules = []
    for rule in inputs.get("approvalRules", []):
        rest = {key: value for key, value in rule.items() if key != "patchFilters"}
        rules.append({**rest, "patchFilterGroup": {"patchFilters": rule.get("patchFilters", [])}})
    return {**inputs, "approvalRules": {"patchRules": rules}} if rules else inputs


def document_version(context: Context, id_: str, old: Inputs, new: Inputs, have: Inputs) -> None:
    """Create a new version and make it the default, as the real provider does."""
    params = {"Name": id_, "Content": new["content"], "DocumentVersion": "$LATEST"}
    if new.get("documentFormat"):
        params["DocumentFormat"] = new["documentFormat"]
    made = context.send("ssm.update_document", params)["DocumentDescription"]["DocumentVersion"]
    context.send("ssm.update_document_default_version", {"Name": id_, "DocumentVersion": made})


row(
    "ssm/document:Document",
    "ssm.create_document",
    id="DocumentDescription.Name",
    read="describe_document(Name={id}).Document",
    out=(
        "arn=arn:{p}:ssm:{r}:{a}:document/{id} latestVersion:LatestVersion "
        "documentVersion:DocumentVersion status:Status defaultVersion:DefaultVersion"
    ),
    name="name",
    skip="permissions",
    delete="delete_document(Name={id})",
    replace="name documentType",
    change=document_version,
    changes="content documentFormat",
    volatile="latestVersion defaultVersion documentVersion",
)
row(
    "ssm/association:Association",
    "ssm.create_association",
    id="AssociationDescription.AssociationId",
    read="describe_association(AssociationId={id}).AssociationDescription",
    out="associationId:AssociationId",
    skip="waitForSuccessTimeoutSeconds",
    missing_operation="create_association",
    delete="delete_association(AssociationId={id})",
    replace="*",
)
row(
    "ssm/maintenanceWindow:MaintenanceWindow",
    "ssm.create_maintenance_window",
    id="WindowId",
    read="get_maintenance_window(WindowId={id}).@",
    name="name",
    skip="enabled",
    const={"AllowUnassociatedTargets": False},
    delete="delete_maintenance_window(WindowId={id})",
    replace="*",
)
row(
    "ssm/maintenanceWindowTarget:MaintenanceWindowTarget",
    "ssm.register_target_with_maintenance_window",
    id="WindowTargetId",
    read="describe_maintenance_window_targets(WindowId={windowId}).Targets[?WindowTargetId=='{id}']|[0]",
    delete="deregister_target_from_maintenance_window(WindowId={windowId},WindowTargetId={id})",
    replace="*",
)
row(
    "ssm/maintenanceWindowTask:MaintenanceWindowTask",
    "ssm.register_task_with_maintenance_window",
    id="WindowTaskId",
    read="describe_maintenance_window_tasks(WindowId={windowId}).Tasks[?WindowTaskId=='{id}']|[0]",
    out="windowTaskId={id}",
    pre=window_task,
    delete="deregister_task_from_maintenance_window(WindowId={windowId},WindowTaskId={id})",
    replace="*",
)
row(
    "ssm/patchBaseline:PatchBaseline",
    "ssm.create_patch_baseline",
    tags="no",  # moto refuses a call with tags of a baseline
    id="BaselineId",
    read="describe_patch_baselines().BaselineIdentities[?BaselineId=='{id}']|[0]",
    out="arn=arn:{p}:ssm:{r}:{a}:patchbaseline/{id}",
    name="name",
    pre=patch_baseline,
    delete="delete_patch_baseline(BaselineId={id})",
    replace="*",
)
row(
    "ssm/patchGroup:PatchGroup",
    "ssm.register_patch_baseline_for_patch_group",
    id="{patchGroup},{baselineId}",
    read="get_patch_baseline_for_patch_group(PatchGroup={patchGroup},OperatingSystem=UBUNTU).@",
    delete="deregister_patch_baseline_for_patch_group(BaselineId={baselineId},PatchGroup={patchGroup})",
    keeps="the patch group of a baseline",
    replace="*",
)
