"""Rules about Strongroom's design, across services; ``SECTIONS`` orders them for docs/policies.md."""

from collections.abc import Sequence

from rules.pack.rule import Rule
from rules.strongroom import (
    alarms,
    images_and_limits,
    logs,
    names_and_environments,
    network_reachability,
    pack_rules,
    plain_text_credentials,
    protection,
    secret_readers,
    secret_sources,
    secret_values,
    separation_of_duties,
    service_ingress,
)

SECTIONS: dict[str, Sequence[Rule]] = {
    "Strongroom: secrets": [
        *plain_text_credentials.RULES,
        *secret_values.RULES,
        *secret_sources.RULES,
        *names_and_environments.RULES,
        *protection.RULES,
        *secret_readers.RULES,
        *separation_of_duties.RULES,
    ],
    "Strongroom: network, monitoring, images, sizes": [
        *network_reachability.RULES,
        *service_ingress.RULES,
        *alarms.RULES,
        *logs.RULES,
        *images_and_limits.RULES,
    ],
    "Strongroom: the policy pack": pack_rules.RULES,
}
RULES = [rule for section in SECTIONS.values() for rule in section]
