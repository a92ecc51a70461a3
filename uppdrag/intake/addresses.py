"""An e-mail address as somebody typed it, checked for its form alone: nothing is asked of the network."""

from __future__ import annotations

from workflow.facts import BadFact

EXAMPLE = "registrator@region-uppsala.example"


def clean_address(value: str) -> str:
    """The address in the form in which mail leaves: the domain in ASCII and in small letters. Raises BadFact.

    The part before the @ must be ASCII: a mailbox with å, ä or ö needs SMTPUTF8 (RFC 6531), which relays may lack.
    Domains reserved for examples and tests (RFC 2606) are addresses like others.
    """
    from email_validator import EmailNotValidError, validate_email

    text = value.strip()
    try:
        found = validate_email(text, allow_smtputf8=False, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        local = text.rpartition("@")[0]
        raise BadFact("address_not_ascii" if local and not local.isascii() else "not_an_address", EXAMPLE) from None
    if not found.ascii_email or "." not in found.ascii_domain:
        raise BadFact("not_an_address", EXAMPLE)
    return found.ascii_email
