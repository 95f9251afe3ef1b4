"From raw ad impressions to calibrated click probabilities: DARE and QNN-α, in notebooks."

__version__ = "0.1.0"

from typing import TYPE_CHECKING

from .core.processes import lazy_names

if TYPE_CHECKING:
    from .config.load import load_config
    from .core.errors import UserError
    from .inference.predictor import load_predictor
    from .nn import DARE, QNN
    from .run.api import CTR, Run
    from .training.fold import train_fold
    from .training.inputs import prepare

__getattr__, __dir__ = lazy_names(__name__, {
    'load_config': 'config.load',
    'prepare': 'training.inputs',
    'train_fold': 'training.fold',
    'load_predictor': 'inference.predictor',
    'DARE': 'nn',
    'QNN': 'nn',
    'UserError': 'core.errors',
    'CTR': 'run.api',
    'Run': 'run.api',
})
