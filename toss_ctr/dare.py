"The door README names; the room is `toss_ctr.models.dare`."

from .models.dare import DARE

__all__ = ['DARE']
