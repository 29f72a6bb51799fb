"""Checks of CloudTrail, of GuardDuty, IAM Access Analyzer and AWS Config, and of account-wide settings."""
