"""Mails made to cost a scanner much. CASES has a generator of the bytes of one
mail for each name: of nearly the largest size that is scanned, and the same at
each call."""
from . import archives, documents, headers, others, parts, texts
from .base import CASES

__all__ = ["CASES", "archives", "documents", "headers", "others", "parts",
           "texts"]
