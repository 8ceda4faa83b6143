"""Spreadsheets become rows of the database here: checked first, doubtful ones held back, stored in batches.

`tables` reads a file, `parts` says which columns belong to what, `judging` compares each row with what is stored,
`storing` stores it, `working` goes through an upload in batches that survive a killed worker, `files` writes the
templates and exports.
"""
