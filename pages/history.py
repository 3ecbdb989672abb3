"""What did I book and buy? Classes and purchases with filters and pages, and how they add up to the hours left."""

from ui import my_history, own, statement

here, student = own.begin("history")
show = {
    "classes": my_history.classes,
    "purchases": my_history.purchases,
    "proof": my_history.adding_up,
    "statement": statement.offer,
}
show[my_history.choice()](here, student)
own.end(here)
