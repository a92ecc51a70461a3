"""Settings, from the environment, checked once."""

from __future__ import annotations

from uppdrag.settings.chosen import LogFormat, MailMode, MailSecurity, Oidc, Settings, Smtp
from uppdrag.settings.declared import (
    DEFAULT_DATABASE,
    DEFAULT_SENDER,
    DEFAULT_URL,
    SETTINGS,
    Setting,
    SettingWrong,
)
from uppdrag.settings.given import Given, given, unknown
from uppdrag.settings.reading import MAIL_MODES, MAX_DOMAIN, OIDC_ROLES, environment, examine, read

__all__ = [
    "DEFAULT_DATABASE", "DEFAULT_SENDER", "DEFAULT_URL", "MAIL_MODES", "MAX_DOMAIN", "OIDC_ROLES", "SETTINGS", "Given",
    "LogFormat", "MailMode", "MailSecurity", "Oidc", "Setting", "SettingWrong", "Settings", "Smtp", "environment",
    "examine", "given", "read", "unknown",
]  # fmt: skip
