"""Analysis of Chinese, Tibetan and Latin text, the same for what is indexed and for what is asked."""

from portal.search.analysis.folding import fold, fold_with_spans
from portal.search.analysis.pinyin import pinyin_names, pinyin_tokens, spelled_tokens
from portal.search.analysis.runs import Run, Script, runs
from portal.search.analysis.skeleton import Skeleton, skeleton, skeleton_of
from portal.search.analysis.tokens import text_tokens, title_tokens

__all__ = [
    "Run",
    "Script",
    "Skeleton",
    "fold",
    "fold_with_spans",
    "pinyin_names",
    "pinyin_tokens",
    "runs",
    "skeleton",
    "skeleton_of",
    "spelled_tokens",
    "text_tokens",
    "title_tokens",
]
