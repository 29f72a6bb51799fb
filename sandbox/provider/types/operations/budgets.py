"""AWS Budgets: the budget of the account and whom it notifies."""

from __future__ import annotations

from sandbox.provider.calls import Context
from sandbox.provider.rows import Inputs, row


def budget(context: Context, inputs: Inputs) -> Inputs:
    """Notifications and subscribers are flat in Pulumi."""
    notes = []
    for note in inputs.get("notifications", []):
        people = [
            {"SubscriptionType": "EMAIL", "Address": a} for a in note.get("subscriberEmailAddresses", [])
        ]
        people += [{"SubscriptionType": "SNS", "Address": a} for a in note.get("subscriberSnsTopicArns", [])]
        what = {
            "NotificationType": note["notificationType"],
            "ComparisonOperator": note["comparisonOperator"],
            "Threshold": note["threshold"],
            "ThresholdType": note["thresholdType"],
        }
        notes.append({"Notification": what, "Subscribers": people})
    body = {"BudgetName": inputs["name"], "BudgetType": inputs["budgetType"], "TimeUnit": inputs["timeUnit"]}
    if "limitAmount" in inputs:
        body["BudgetLimit"] = {"Amount": inputs["limitAmount"], "Unit": inputs.get("limitUnit", "USD")}
    return {"accountId": context.account, "notificationsWithSubscribers": notes, "budget": body}


def delete_budget(context: Context, id_: str, have: Inputs) -> None:
    """Identify the budget by account and name."""
    context.send("budgets.delete_budget", {"AccountId": context.account, "BudgetName": have["name"]})


row(
    "budgets/budget:Budget",
    "budgets.create_budget",
    id="{a}:{name}",
    read="describe_budget(AccountId={a},BudgetName={name}).Budget",
    out="arn=arn:{p}:budgets::{a}:budget/{name} accountId={a}",
    name="name",
    pre=budget,
    delete=delete_budget,
    replace="*",
)
