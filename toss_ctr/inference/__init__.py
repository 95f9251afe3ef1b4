"From logits to probabilities and a submission."

from typing import TYPE_CHECKING

from ..core.processes import lazy_names

if TYPE_CHECKING:
    from .answers import infer
    from .predictor import load_predictor

__getattr__, __dir__ = lazy_names(__name__, {
    'load_predictor': 'predictor',
    'infer': 'answers',
})
