"""In every Python that CI starts, kernels and children too, a warning of our own code is an error.

Those of libraries are silent. What we tell a user with `warnings.warn` is a UserWarning and stays one. `PYTHONWARNINGS`
cannot say this: it takes whole names of modules.
"""
import warnings

warnings.simplefilter('ignore')
warnings.filterwarnings('default', category=UserWarning, module=r'toss_ctr\b')
for kind in (BytesWarning, DeprecationWarning, FutureWarning, ImportWarning, ResourceWarning, RuntimeWarning):
    warnings.filterwarnings('error', category=kind, module=r'toss_ctr\b')
