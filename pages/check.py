"""Can I book a class then? A day, a time and a length, and a plain answer with what would be left."""

from ui import booking_check, own
from ui.standing import standing

here, student = own.begin("check")
begins, hours = booking_check.asked(student)
booking_check.answer(standing(here, student).check(hours, begins), begins)
own.end(here)
