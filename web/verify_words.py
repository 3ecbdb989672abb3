"""What the public check of a receipt says, in English and Portuguese."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from babel import dates, numbers

_LOCALES = {"en": "en_GB", "pt": "pt_PT"}
WORDS = {
    "en": {
        "title": "Check a receipt",
        "lead": "Find out whether a receipt or credit note is genuine. Whoever holds the document can check it.",
        "number": "Number", "code": "Verification code", "kind": "Document", "day": "Date of issue",
        "amount": "Amount", "back": "Given back", "school": "Issued by", "sum": "Checksum of the file (SHA-256)",
        "check": "Check", "hint": "Both stand at the bottom of the document.",
        "file": "Or check the file itself", "pick": "PDF file, up to 5 MB", "send": "Check the file",
        "forget": "The file is compared with what was issued, and not kept.", "again": "Check another document",
        "receipt": "Receipt", "credit_note": "Credit note", "refunded_copy": "Receipt, copy after a refund",
        "genuine": "Genuine", "genuine_text": "This document was issued as it says.",
        "refunded": "Genuine, refunded", "refunded_text": "This document was issued as it says. Money was given "
        "back since.",
        "changed": "Not as it was issued", "changed_text": "Something in this file was changed after it was issued, "
        "or it only looks like one of ours. Do not rely on it.",
        "revoked": "Not to be trusted", "revoked_text": "This file was signed with a key that is not trusted any "
        "more, and it is not among the documents that were issued.",
        "unknown": "Not found", "unknown_text": "No document has this number with this code. Compare both with the "
        "document, letter by letter.",
        "unknown_file": "Not found", "unknown_file_text": "This file is not one that was issued here.",
        "no_file": "No file", "no_file_text": "Choose a PDF file first.",
        "unreadable": "Nothing was checked", "unreadable_text": "What was sent cannot be read. Please try again.",
        "busy": "Please try again", "busy_text": "Many files are being checked right now. Try again in a minute.",
    },
    "pt": {
        "title": "Verificar um recibo",
        "lead": "Saiba se um recibo ou uma nota de crédito é autêntico. Quem tem o documento pode verificá-lo.",
        "number": "Número", "code": "Código de verificação", "kind": "Documento", "day": "Data de emissão",
        "amount": "Valor", "back": "Devolvido", "school": "Emitido por",
        "sum": "Soma de controlo do ficheiro (SHA-256)",
        "check": "Verificar", "hint": "Ambos estão no fundo do documento.",
        "file": "Ou verifique o próprio ficheiro", "pick": "Ficheiro PDF, até 5 MB", "send": "Verificar o ficheiro",
        "forget": "O ficheiro é comparado com o que foi emitido e não é guardado.",
        "again": "Verificar outro documento",
        "receipt": "Recibo", "credit_note": "Nota de crédito", "refunded_copy": "Recibo, cópia após reembolso",
        "genuine": "Autêntico", "genuine_text": "Este documento foi emitido tal como diz.",
        "refunded": "Autêntico, reembolsado", "refunded_text": "Este documento foi emitido tal como diz. Entretanto "
        "foi devolvido dinheiro.",
        "changed": "Diferente do que foi emitido", "changed_text": "Algo neste ficheiro foi alterado depois da "
        "emissão, ou ele apenas se parece com um dos nossos. Não confie nele.",
        "revoked": "Não é de confiança", "revoked_text": "Este ficheiro foi assinado com uma chave que já não é de "
        "confiança e não está entre os documentos emitidos.",
        "unknown": "Não encontrado", "unknown_text": "Nenhum documento tem este número com este código. Compare ambos "
        "com o documento, letra a letra.",
        "unknown_file": "Não encontrado", "unknown_file_text": "Este ficheiro não é um dos que aqui foram emitidos.",
        "no_file": "Sem ficheiro", "no_file_text": "Escolha primeiro um ficheiro PDF.",
        "unreadable": "Nada foi verificado",
        "unreadable_text": "Não foi possível ler o que foi enviado. Tente de novo.",
        "busy": "Tente de novo", "busy_text": "Estão a ser verificados muitos ficheiros. Tente de novo dentro de um "
        "minuto.",
    },
}


def money(amount: Decimal, currency: str, lang: str) -> str:
    """An amount as the language writes it."""
    return str(numbers.format_currency(amount, currency, locale=_LOCALES[lang]))


def day(value: date, lang: str) -> str:
    """A day in words."""
    return str(dates.format_date(value, "long", locale=_LOCALES[lang]))
