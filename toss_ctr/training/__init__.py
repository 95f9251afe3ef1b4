"One fold: batches in; weights, out-of-fold logits and a log out."

from typing import TYPE_CHECKING

from ..core.processes import doors

if TYPE_CHECKING:
    from .fold import train_fold

__getattr__, __dir__ = doors(__name__, {
    'train_fold': 'fold',
})
