"""Writes the policies of a run as JUnit test cases, which the test reports of pipelines show."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path
from xml.etree import ElementTree

from sandbox.engine.model import PolicyFinding, Result

_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def to_xml(result: Result) -> ElementTree.Element:
    """One test case for each policy; one with a mandatory finding fails, advisory ones are its output."""
    found: defaultdict[str, list[PolicyFinding]] = defaultdict(list)
    for finding in result.findings:
        found[finding.policy].append(finding)
    names = list(dict.fromkeys([*(policy.name for policy in result.policies), *found]))
    suite = ElementTree.Element("testsuite", name=f"policies of {result.stack}")
    failures = sum(_case(suite, result.stack, name, found[name]) for name in names)
    broken = bool(result.error) and not failures
    if broken:
        case = ElementTree.SubElement(suite, "testcase", classname=result.stack, name="run")
        ElementTree.SubElement(case, "error", message=_text(result.error))
    suite.set("tests", str(len(names) + broken))
    suite.set("failures", str(failures))
    suite.set("errors", str(int(broken)))
    suite.set("time", f"{result.seconds.get('total', 0):.1f}")
    suites = ElementTree.Element("testsuites")
    suites.append(suite)
    return suites


def write(result: Result, path: Path) -> None:
    """Write the run as JUnit XML to ``path``."""
    path.parent.mkdir(parents=True, exist_ok=True)
    tree = ElementTree.ElementTree(to_xml(result))
    ElementTree.indent(tree)
    tree.write(path, encoding="utf-8", xml_declaration=True)


def _case(suite: ElementTree.Element, stack: str, name: str, found: list[PolicyFinding]) -> bool:
    """Add the test case of a policy; return whether it fails."""
    case = ElementTree.SubElement(suite, "testcase", classname=stack, name=name)
    mandatory = [finding.message for finding in found if finding.stops]
    advisory = [finding.message for finding in found if not finding.stops]
    if mandatory:
        failure = ElementTree.SubElement(case, "failure", message=_text(mandatory[0]))
        failure.text = _text("\n".join(mandatory))
    if advisory:
        ElementTree.SubElement(case, "system-out").text = _text("\n".join(advisory))
    return bool(mandatory)


def _text(text: str) -> str:
    """A text without the characters that XML cannot have."""
    return _NOT_IN_XML.sub("\ufffd", text)
