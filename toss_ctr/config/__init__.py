"One YAML file says what runs: the sections, loading, showing."

from typing import TYPE_CHECKING

from ..core.processes import doors

if TYPE_CHECKING:
    from .load import load_config
    from .load import make_config
    from .load import presets
    from .load import to_yaml
    from .whole import Config

__getattr__, __dir__ = doors(__name__, {
    'Config': 'whole',
    'load_config': 'load',
    'make_config': 'load',
    'presets': 'load',
    'to_yaml': 'load',
})
