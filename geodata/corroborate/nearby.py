"""Which claims can bear on each other at all, so that a store need not look at the others."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd
import pyarrow as pa

from geodata.corroborate.groups import Groups
from geodata.corroborate.inputs import Inputs
from geodata.corroborate.rule import FAMILY, FIGHT
from geodata.corroborate.stated import WITHDRAWALS
from geodata.model import Kind, Modality

__all__ = ["blocks", "families"]


def blocks(inputs: Inputs, groups: Groups) -> pa.Table:
    """The blocks of each claim: ``claim_id`` and ``block``."""
    claims = inputs.claims
    withdrawn = claims["modality"].isin([str(Modality.RETRACTED), str(Modality.DENIED)])
    acts = (claims["kind"] == str(Kind.INFORMATION)) & claims["subtype"].isin(list(WITHDRAWALS))
    held = claims[withdrawn | acts]
    told = pd.DataFrame({"claim": held.index, "block": "document " + held["document_id"]})
    found = pd.concat([groups.blocks, told]).drop_duplicates()
    ids = claims["claim_id"].iloc[found["claim"]]
    return pa.table({"claim_id": pa.array(ids, pa.string()), "block": pa.array(found["block"], pa.string())})


def families() -> Iterator[tuple[Kind, ...]]:
    """The kinds in parts: claims of two of them never speak of one happening. Judgements and statements are one part.

    ``other`` goes with the fighting: by its subtype it may say who holds a town.
    """
    held = {kind: FAMILY.get(kind, "") for kind in Kind} | {Kind.OTHER: FIGHT}
    for family in dict.fromkeys(held.values()):
        yield tuple(kind for kind, name in held.items() if name == family)
