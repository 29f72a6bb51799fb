"""The rules that AWS, PostgreSQL and GitHub have for names, times, versions and types in a stack file.

Each rule names the page that states it. The tables of what AWS offers are made from botocore and cfn-lint;
``tests/settings/aws/vendored.py`` writes them again, and a test compares them.
"""
