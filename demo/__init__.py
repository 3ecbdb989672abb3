"""An invented tutoring business: three schools whose rows behave as the platform's own do, oddities included."""

from demo.errors import BadDemoSize, NotADemoDatabase
from demo.generation import drop, generate, is_demo
from demo.report import SIZES, DemoReport, Hazard, Persona, Size

__all__ = [
    "SIZES",
    "BadDemoSize",
    "DemoReport",
    "Hazard",
    "NotADemoDatabase",
    "Persona",
    "Size",
    "drop",
    "generate",
    "is_demo",
]
