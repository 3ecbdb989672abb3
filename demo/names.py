"""Invents people: names in Portuguese and English and a few other scripts, and an e-mail that never clashes."""

from __future__ import annotations

import unicodedata


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_PT_GIVEN = _words(
    "Maria João Ana Francisco Beatriz Afonso Leonor Duarte Matilde Tomás Carolina Martim Inês Rodrigo Mariana "
    "Gonçalo Sofia Diogo Lara Santiago Clara Miguel Margarida Guilherme Alice Rafael Benedita Salvador Joana "
    "Vicente Constança Simão Madalena Henrique Íris Dinis Teresa Lourenço Luísa André Rita Bernardo Marta Tiago "
    "Camila Xavier Eva Hugo"
)
_PT_FAMILY = _words(
    "Silva Santos Ferreira Pereira Oliveira Costa Rodrigues Martins Jesus Sousa Fernandes Gonçalves Gomes Lopes "
    "Marques Alves Almeida Ribeiro Pinto Carvalho Teixeira Moreira Correia Mendes Nunes Soares Vieira Monteiro "
    "Cardoso Rocha Raposo Neves Coelho Cruz Cunha Pires Ramos Reis Simões Antunes Matos Fonseca Morais Machado "
    "Araújo Barbosa Tavares"
)
_EN_GIVEN = _words(
    "Olivia George Amelia Arthur Isla Noah Ava Muhammad Ivy Leo Freya Oscar Lily Harry Florence Archie Willow "
    "Jack Isabella Henry Sophie Charlie Grace Freddie Evie Theodore Daisy Alfie Poppy Ethan Matilda Finley Rosie "
    "Joshua Elsie Edward Phoebe Lucas Sienna Isaac Ella Toby Harriet Rory Alice Max Zara Callum Niamh Owen Priya "
    "Aarav"
)
_EN_FAMILY = _words(
    "Smith Jones Taylor Brown Williams Wilson Johnson Davies Patel Robinson Wright Thompson Evans Walker White "
    "Roberts Green Hall Wood Jackson Clarke Khan Hughes Edwards Hill Moore Lewis Harris Clark Cooper Ward Turner "
    "Morris King Singh Baker Ali Bennett Campbell O'Connor Murphy Begum Fox Price Hussain Reid Graham Okafor "
    "Adeyemi"
)
_OTHER = (
    ("Олена", "Шевченко"), ("Дмитро", "Коваленко"), ("明", "王"), ("美玲", "陳"), ("ليلى", "حداد"), ("يوسف", "المصري"),
    ("Ελένη", "Παπαδοπούλου"), ("さくら", "田中"), ("민준", "김"), ("आरव", "शर्मा"), ("Łukasz", "Wójcik"),
    ("Þóra", "Jónsdóttir"), ("Nguyễn", "Thị Hương"), ("Žofie", "Dvořáková"), ("José María", "Núñez-Ibáñez"),
)
_OTHER_SHARE = 40
"""One person in so many has a name of another script."""


def family_name(language: str, pick: int) -> str:
    """A family name of the school's language; ``pick`` is any number from 0 on."""
    pool = _PT_FAMILY if language == "pt" else _EN_FAMILY
    return pool[pick % len(pool)]


def full_name(language: str, pick: int, family: str) -> str:
    """A whole name; every so often in another script, and in Portuguese with two family names."""
    if pick % _OTHER_SHARE == 7:
        given, other = _OTHER[pick // _OTHER_SHARE % len(_OTHER)]
        return f"{given} {other}"
    if language == "pt":
        middle = _PT_FAMILY[pick // 53 % len(_PT_FAMILY)]
        given = _PT_GIVEN[pick % len(_PT_GIVEN)]
        return f"{given} {family}" if pick % 3 or middle == family else f"{given} {middle} {family}"
    return f"{_EN_GIVEN[pick % len(_EN_GIVEN)]} {family}"


def email_address(name: str, user_id: int) -> str:
    """An address at example.com made of the name's Latin letters and the user's id, so it is unique."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    words = ["".join(c for c in word if c.isalnum()) for word in plain.split()]
    words = [word for word in words if word]
    stem = f"{words[0]}.{words[-1]}" if len(words) > 1 else (words[0] if words else "student")
    return f"{stem}.{user_id}@example.com"
