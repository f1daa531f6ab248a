"""The words for how sure it is that a municipality is among those of most need."""

from __future__ import annotations

import numpy as np

from gsi.analysis.comprehension.priority_ranking import PriorityIndex
from gsi.contract.params.priority import PrioritySettings
from gsi.contract.vocabulary import PriorityStatus

STATUSES = PRIORITY, TO_CONFIRM, NOT_PRIORITY, UNCLASSIFIABLE = tuple(PriorityStatus)


def status(probability: float, agreed: bool, settings: PrioritySettings) -> PriorityStatus:
    """The word for a probability (0-1); without agreement among the sources none is certain."""
    if np.isnan(probability):
        return UNCLASSIFIABLE
    if probability >= settings.certain and agreed:
        return PRIORITY
    return TO_CONFIRM if probability >= settings.possible else NOT_PRIORITY


def agree(result: PriorityIndex, settings: PrioritySettings) -> bool:
    """Whether independent sources rank the municipalities alike more than chance would."""
    return bool(result.agreement <= settings.agreement.alpha)
