"""Opens files of strangers (workbooks, Word documents) within bounds: a sentence in two seconds, whatever they hold.

Pure: no Django. A file is weighed first (`weighing`), then opened by a process of its own that may use only so much
memory and time (`child`), so that nothing in it can hurt the server.
"""

from reports.importing.opening.bounded import open_html, open_word, open_workbook
from reports.importing.opening.weighing import CannotOpen

__all__ = ["CannotOpen", "open_html", "open_word", "open_workbook"]
