"""A form that is one command: who may send it, what it asks for, what is said when it is done."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from flask import Blueprint

from appliance.values import Refusal
from appliance.web import fields, pages, room, security
from appliance.web.pages import Page

Given = Mapping[str, Any]
"""The command's arguments, as they stand in the form."""

OWN_WORDS_MISSING = Refusal(code="own-words-missing", message="another reason was chosen, and not written")


def form(
    blueprint: Blueprint, rule: str, page: Page, do: str, done: str | Callable[[Given], str]
) -> Callable[[Callable[..., Given | Refusal]], Callable[..., Any]]:
    """Declare a form of `page`, for those whom the page is for, over the function that reads its fields.

    What it reads is given to the ballot service as the command `do`; where it finds something wrong itself, its
    `Refusal` is the answer. `done` is the key of `words.DONE`, or says which from what was given.
    """

    def declare(read: Callable[..., Given | Refusal]) -> Callable[..., Any]:
        @blueprint.post(rule)
        @pages.only(*page.roles)
        @security.by_person
        @wraps(read)
        def answered(**parts: str) -> Any:
            given = OWN_WORDS_MISSING if fields.unsaid() else read(**parts)
            if isinstance(given, Refusal):
                return pages.refuse(page, given)
            return pages.answer(page, room.ask(do, **given), done if isinstance(done, str) else done(given))

        return answered

    return declare
