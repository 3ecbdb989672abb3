"""Writes what a school has before its first student: settings, price list, owner, administrators, staff, teachers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from demo.report import Persona
from demo.schools import SCHOOLS, School
from demo.story import Story, hours

_PEOPLE: dict[int, tuple[tuple[str, str], ...]] = {
    1: (("school_admin", "Cláudia Figueiredo"), ("school_admin", "Nuno Sequeira"), ("school_staff", "Paula Esteves")),
    2: (("school_admin", "Graham Whitlock"), ("school_admin", "Yasmin Chaudhry"), ("school_staff", "Ruth Pemberton")),
    3: (("school_admin", "Filipa Medeiros"), ("school_staff", "Jorge Furtado")),
}
_TEACHERS: dict[int, tuple[tuple[str, str], ...]] = {
    1: (("António Falcão", "Matemática"), ("Isabel Quintela", "Português"), ("Vítor Amaral", "Física e Química")),
    2: (("Eleanor Finch", "Mathematics"), ("Samuel Osei", "English"), ("Hannah Lowry", "Chemistry")),
    3: (("Rosa Arruda", "Mathematics"), ("Luke Cabral", "English")),
}


def found_schools(story: Story) -> list[Persona]:
    """Schools, settings, plans and the people who run them; answers the people as personas."""
    opened = story.ago(2200)
    story.user(
        "Platform Support", "support@platform.example.com", joined=opened, is_staff=True, is_superuser=True
    )
    root = story.rows["accounts_customuser"][-1]["id"]
    personas = [
        Persona(
            "platform_support", "Platform Support", "support@platform.example.com", root, (), "superuser",
            "Runs the platform itself; belongs to no school and may see all of them.",
        ),
    ]
    for school in SCHOOLS:
        _found(story, school, opened)
        personas += _hire(story, school, opened)
    _publish_plans(story)
    return personas


def _found(story: Story, school: School, opened: datetime) -> None:
    story.add(
        "accounts_school", name=school.name, address=school.address, contact_email=f"hello@{school.domain}",
        phone_number=school.phone, website=f"https://{school.domain}", logo=school.logo,
        primary_color=school.colours[0], secondary_color=school.colours[1], created_at=opened, updated_at=opened,
    )  # fmt: skip
    story.add(
        "accounts_schoolsettings", school_id=school.id, timezone=school.timezone, currency_code=school.currency,
        language=school.language, billing_contact_name=school.owner, billing_contact_email=f"billing@{school.domain}",
        billing_address=school.address, tax_id=school.tax_id, data_retention_policy="7_years",
        gdpr_compliance_enabled=True, allow_data_export=True, updated_at=None if school.id == 3 else opened,
    )  # fmt: skip


def _hire(story: Story, school: School, opened: datetime) -> list[Persona]:
    """Owner, administrators and staff as personas; teachers for the stories."""
    key = school.domain.split(".")[0]
    personas: list[Persona] = []
    for role, name in (("school_owner", school.owner), *_PEOPLE[school.id]):
        email = address(name, school)
        user = story.user(name, email, joined=opened)
        story.member(user, school.id, role, joined=opened)
        kind = role.removeprefix("school_")
        number = sum(p.role == role for p in personas)
        personas.append(Persona(
            f"{kind}_{key}" + (f"_{number + 1}" if number else ""), name, email, user, (school.id,), role,
            f"{kind.capitalize()} of {school.name}.",
        ))  # fmt: skip
    for name, subject in _TEACHERS[school.id]:
        story.teacher(name, address(name, school), school.id, subject)
    return personas


def address(name: str, school: School) -> str:
    """A person's address at the school's own domain."""
    plain = name.lower().translate(str.maketrans("áàãâçéêíóõôú", "aaaaceeiooou"))
    return f"{plain.replace(' ', '.')}@{school.domain}"


def _publish_plans(story: Story) -> None:
    listed = datetime(2022, 9, 1, 9, tzinfo=UTC)
    for school in SCHOOLS:
        for order, plan in enumerate(school.plans):
            story.add(
                "finances_pricingplan", name=plan.name, description=plan.description, plan_type=plan.plan_type,
                hours_included=hours(plan.hours_hundredths) / 100, price_eur=hours(plan.price_cents[1]) / 100,
                validity_days=plan.validity_days, display_order=order + 1, is_featured=plan.is_featured,
                is_active=plan.is_active, created_at=listed,
                updated_at=listed if plan.is_active else story.today - timedelta(days=120),
            )  # fmt: skip
