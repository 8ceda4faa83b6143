"""Manuscripts and spreadsheets become drafts here, with whatever finds no place kept for the editor to see."""
