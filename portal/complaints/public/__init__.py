"""The citizen's pages of Article 24: guidance, filing in one piece or step by step, following."""

from portal.complaints.public import contact, filing, following, guidance, guide, identity, uploads
from portal.complaints.public.frame import blueprint

__all__ = ["blueprint", "contact", "filing", "following", "guidance", "guide", "identity", "uploads"]
