"""How many hours have I, until when, and what comes next? For students and their parents, on a phone first."""

from ui import my_hours, own
from ui.standing import standing

here, student = own.begin("my_hours")
known = standing(here, student)

my_hours.balance(student)
my_hours.coming(here, student, known)
my_hours.packages(known)
own.end(here)
