"""Claims about one happening: who agrees, who contradicts, who retracts, and why we think they speak of one thing.

Nothing here is a verdict. The rule is stated (:class:`Rule`), its reasons are told in plain sentences, a relation that
a claim states goes before anything computed, and a person can put two claims together or keep them apart
(``same_event``, ``other_event``).
"""

from geodata.corroborate.agreement import Agreement, Event, Link, Saying, Support, corroborate
from geodata.corroborate.inputs import COLUMNS
from geodata.corroborate.nearby import families
from geodata.corroborate.rule import Rule
from geodata.corroborate.stated import WITHDRAWALS

__all__ = [
    "COLUMNS",
    "WITHDRAWALS",
    "Agreement",
    "Event",
    "Link",
    "Rule",
    "Saying",
    "Support",
    "corroborate",
    "families",
]
