"The door README names; the room is `toss_ctr.training.inputs`."

from .training.inputs import prepare

__all__ = ['prepare']
