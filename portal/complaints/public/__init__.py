"""The citizen's pages of Article 24: guidance, filing in one piece or step by step, following."""

from portal.complaints.public import filing, following, guidance, guide
from portal.complaints.public.frame import blueprint

__all__ = ["blueprint", "filing", "following", "guidance", "guide"]
