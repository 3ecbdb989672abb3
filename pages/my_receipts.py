"""Which receipts have I? Each with its document, for students and their parents, on a phone first."""

from ui import my_receipts, own

here, student = own.begin("my_receipts")
my_receipts.show(here, student)
my_receipts.more(here)
own.end(here)
