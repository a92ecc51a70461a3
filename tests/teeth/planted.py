"""Bugs that somebody might make one day, each with the test that catches it. See test_teeth.py."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Planted:
    """A bug: what it is, the file it stands in, what stands there and what the bug makes of it; and by which test it
    is caught (pytest's own name for it)."""

    bug: str
    file: str
    right: str
    wrong: str
    caught_by: str


PLANTED = (
    Planted(
        bug="a transaction that writes takes the lock only when it first writes",
        file="storage/database.py",
        right='begin = "BEGIN IMMEDIATE" if',
        wrong='begin = "BEGIN" if',
        caught_by="tests/integration/test_many_threads.py::test_threads_that_write_and_read_at_once_disturb_nobody[sqlite]",
    ),
    Planted(
        bug="a page that writes: what only reads is not held to it",
        file="storage/database.py",
        right='connection.execute("PRAGMA query_only = ON")',
        wrong='connection.execute("PRAGMA query_only = OFF")',
        caught_by="tests/integration/test_append_only.py::test_a_read_transaction_cannot_write[sqlite]",
    ),
    Planted(
        bug="what is kept is not on the disk when it is acknowledged",
        file="storage/connecting.py",
        right='"PRAGMA synchronous = FULL"',
        wrong='"PRAGMA synchronous = NORMAL"',
        caught_by="tests/faults/test_power_cuts.py::test_every_acknowledged_commit_is_there_whenever_the_power_goes[10000-0]",
    ),
    Planted(
        bug="no unique key on what a command is known by",
        file="storage/migrations/versions/0001_the_first_schema.py",
        right="""            ["owned_key"],
            unique=True,
""",
        wrong="""            ["owned_key"],
            unique=False,
""",
        caught_by="tests/integration/test_schema.py::test_the_migrations_make_what_the_tables_say[sqlite]",
    ),
    Planted(
        bug="two who write to a stream at once: the head is moved wherever it stands",
        file="storage/log.py",
        right='.where(col(StreamRow.name) == bindparam("stream"), col(StreamRow.seq) == bindparam("expected"))',
        wrong='.where(col(StreamRow.name) == bindparam("stream"), bindparam("expected") == bindparam("expected"))',
        caught_by="tests/integration/test_commands.py::test_who_read_the_head_before_another_wrote_writes_nothing[sqlite]",
    ),
    Planted(
        bug="a lease without a fence: what another has claimed since is settled all the same",
        file="storage/outbox.py",
        right='col(_M.fence) == bindparam("seen"), col(_M.status)',
        wrong='bindparam("seen") >= 0, col(_M.status)',
        caught_by="tests/integration/test_outbox.py::"
        "test_a_worker_whose_lease_ran_out_cannot_mark_what_another_has_taken[sqlite]",
    ),
    Planted(
        bug="a message that is taken back although it has been claimed",
        file="storage/outbox.py",
        right="""_NEVER_CLAIMED = (col(_M.fence) == 0, text("status IN ('koad', 'hallen')"))""",
        wrong="""_NEVER_CLAIMED = (col(_M.fence) >= 0, text("status IN ('koad', 'hallen', 'tagen')"))""",
        caught_by="tests/integration/test_outbox.py::test_the_first_claim_freezes_the_bytes[sqlite]",
    ),
    Planted(
        bug="NULL in a key: the same occasion twice, and nobody notices",
        file="storage/migrations/versions/0002_people_reminders_and_mail.py",
        right="""        sa.Column("deadline", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
""",
        wrong="""        sa.Column("deadline", sa.Text(), nullable=True),
        sa.Column("step", sa.Text(), nullable=True),
""",
        caught_by="tests/integration/test_schema.py::test_the_migrations_make_what_the_tables_say[sqlite]",
    ),
    Planted(
        bug="the chain leaves out who registered",
        file="storage/log.py",
        right='(row["salt"], row["actor"] or "", row["content"])',
        wrong='(row["salt"], "", row["content"])',
        caught_by="tests/integration/test_proof.py::test_a_tampered_value_is_found[event-actor-2]",
    ),
    Planted(
        bug="the proof does not compare the decisions",
        file="storage/proof.py",
        right="tables.BeslutRow, [beslut_row(id, rb.region, d) for id, rb in tracks for d in rb.decisions], silent",
        wrong="tables.BeslutRow, [], {id for id, _ in tracks} | silent",
        caught_by="tests/integration/test_proof.py::test_a_tampered_value_is_found[beslut-region-2]",
    ),
    Planted(
        bug="a checkpoint that has left the machine is taken for known",
        file="storage/proof.py",
        right="        if asked not in names:\n",
        wrong="        if asked and not asked[0].isdigit():\n",
        caught_by="tests/integration/test_proof_of_what_is_gone.py::test_newest_checkpoints_that_are_gone_are_missed_by_who_has_seen_one",
    ),
    Planted(
        bug="a key is somebody else's too",
        file="storage/log.py",
        right="_SEPARATOR.join((actor.role, actor.name, key))",
        wrong="_SEPARATOR.join((actor.role, key))",
        caught_by="tests/integration/test_commands.py::test_a_key_belongs_to_who_uses_it[sqlite]",
    ),
    Planted(
        bug="a page that does not escape",
        file="uppdrag/web/rendering.py",
        right="autoescape=True",
        wrong="autoescape=False",
        caught_by="tests/integration/test_web_minutes.py::test_what_people_write_stays_text",
    ),
    Planted(
        bug="a form that any site may post",
        file="uppdrag/web/permissions.py",
        right='        if not form_tokens.is_form_token(token, str(request.state.form.get("formular", ""))):\n',
        wrong='        if not str(request.state.form.get("formular", "x")):\n',
        caught_by="tests/integration/test_web_security.py::test_a_form_of_another_session_is_not_taken",
    ),
    Planted(
        bug="a page that is for all who are logged in",
        file="uppdrag/web/permissions.py",
        right="visitor is not None and visitor.role not in self.roles:",
        wrong="visitor is not None and not visitor.role:",
        caught_by="tests/integration/test_web_matrix.py::test_every_page_is_for_whom_it_is_declared",
    ),
    Planted(
        bug="a region answers for another",
        file="uppdrag/web/permissions.py",
        right='visitor.role == "region" and visitor.region != lanskod:',
        wrong='visitor.role == "region" and not visitor.region:',
        caught_by="tests/integration/test_web_regional.py::test_a_region_takes_its_own_steps_and_no_others",
    ),
    Planted(
        bug="a cookie that scripts may read",
        file="uppdrag/web/clients.py",
        right="secure=secure, httponly=True,",
        wrong="secure=secure, httponly=False,",
        caught_by="tests/integration/test_web_headers.py::test_cookies_cannot_be_read_by_a_page_nor_sent_from_elsewhere",
    ),
    Planted(
        bug="another name for the machine is let in",
        file="uppdrag/web/guard.py",
        right='request.headers.get("host", "") not in self._hosts and',
        wrong='not request.headers.get("host", "") and',
        caught_by="tests/integration/test_web_security.py::test_another_name_for_this_machine_is_not_answered[evil.example]",
    ),
    Planted(
        bug="a page that runs scripts from anywhere",
        file="uppdrag/web/guard.py",
        right="script-src 'self'; connect-src",
        wrong="script-src *; connect-src",
        caught_by="tests/integration/test_web_headers.py::test_every_route_tells_it_by_every_method[kansli]",
    ),
    Planted(
        bug="a key that has been revoked still opens",
        file="uppdrag/service/tokens.py",
        right="or found[1].kind != kind or found[1].revoked_at is not None:",
        wrong="or found[1].kind != kind:",
        caught_by="tests/integration/test_api_security.py::test_a_key_ends_by_itself_and_when_it_is_revoked[sqlite]",
    ),
    Planted(
        bug="an address that nobody has verified is somebody's",
        file="uppdrag/service/oidc.py",
        right='claims.get("email_verified") in (True, "true")',
        wrong='claims.get("email_verified") != "x"',
        caught_by="tests/integration/test_web_oidc.py::test_an_address_that_is_not_verified_is_nobodys[False]",
    ),
    Planted(
        bug="a login with somebody else's token is taken",
        file="uppdrag/service/oidc.py",
        right='"nonce": _made(token, "nonce"), "client_id"',
        wrong='"client_id"',
        caught_by="tests/integration/test_web_oidc.py::test_a_token_that_does_not_hold_logs_nobody_in[nonce]",
    ),
    Planted(
        bug="a cell that a spreadsheet takes for a formula",
        file="uppdrag/documents/form.py",
        right='_FORMULA = ("=", "+", "-", "@", "\\t", "\\r")',
        wrong='_FORMULA = ("\\t", "\\r")',
        caught_by="tests/unit/test_sheet.py::test_no_text_becomes_a_formula_or_breaks_the_file[0]",
    ),
    Planted(
        bug="a workbook that swells without end is unpacked",
        file="uppdrag/intake/tabular.py",
        right="if unpacked > UNPACKED_LIMIT or marks > MARKUP_LIMIT:",
        wrong="if unpacked < 0:",
        caught_by="tests/faults/test_bombs.py::test_a_bomb_does_not_go_off",
    ),
    Planted(
        bug="mail to an address that is given up",
        file="uppdrag/service/gate.py",
        right="        if suppressed:\n",
        wrong="        if not queued.recipient:\n",
        caught_by="tests/faults/test_delivery_pauses.py::test_what_is_too_late_suppressed_or_no_longer_wanted_stays_at_home",
    ),
    Planted(
        bug="a reminder after the day that it counts to",
        file="uppdrag/service/gate.py",
        right="queued.expires_on < local_date(self.now):",
        wrong="queued.expires_on.year < local_date(self.now).year:",
        caught_by="tests/faults/test_delivery_pauses.py::test_what_is_too_late_suppressed_or_no_longer_wanted_stays_at_home",
    ),
    Planted(
        bug="the clock looks only once at what has moved",
        file="storage/reminders.py",
        right='"next_at": new.excluded.next_at,',
        wrong='"next_at": col(_R.next_at),',
        caught_by="tests/integration/test_clockwork.py::test_a_changed_holiday_moves_what_has_not_been_sent_and_says_what_moved",
    ),
    Planted(
        bug="mail leaves by itself after a restore",
        file="storage/restoring.py",
        right='    session.run(_hold, {"why": why})\n',
        wrong="",
        caught_by="tests/integration/test_backups.py::test_a_restored_database_holds_its_mail_until_a_person_decides[sqlite]",
    ),
    Planted(
        bug="a sensitive title in the lists",
        file="workflow/status.py",
        right="return self.neutral_title if self.sensitive else self.title",
        wrong="return self.title",
        caught_by="tests/journeys/test_command_line.py::test_a_sensitive_title_stays_in_the_house",
    ),
    Planted(
        bug="a day is the day in Greenwich",
        file="workflow/calendar.py",
        right="return moment.astimezone(STOCKHOLM).date()",
        wrong="return moment.date()",
        caught_by="tests/unit/test_calendar.py::test_a_day_is_stockholms_day[moment1-day1]",
    ),
    Planted(
        bug="a region that has answered is asked again",
        file="workflow/reminders.py",
        right="return occasion.region == NONE or (rb is not None and not rb.concluded)",
        wrong="return occasion.region == NONE or rb is not None",
        caught_by="tests/unit/test_reminders.py::test_what_is_still_missing[change5-rb5-False]",
    ),
    Planted(
        bug="a line break in a subject becomes a header of its own",
        file="notifications/serialise.py",
        right=r"""[\x00-\x1f\x7f-\x9f\u2028""",
        wrong=r"""[\x00-\x09\x7f-\x9f\u2028""",
        caught_by="tests/unit/test_serialise.py::test_injection_through_any_field_is_refused[subject-crlf]",
    ),
    Planted(
        bug="the last day to appeal is a day early",
        file="workflow/legal.py",
        right="announced + timedelta(weeks=3)",
        wrong="announced + timedelta(days=20)",
        caught_by="tests/unit/test_track.py::test_laga_kraft_comes_the_day_after_the_last_day_to_appeal[2026-03-13-2026-04-08]",
    ),
    Planted(
        bug="a file's own name decides where it is kept",
        file="notifications/attachments.py",
        right='.replace("\\\\", "/").rsplit("/", 1)[-1]',
        wrong="",
        caught_by="tests/unit/test_inbound.py::test_a_file_is_kept_under_a_clean_name_that_tells_what_it_is",
    ),
    Planted(
        bug="a document with macros is kept",
        file="notifications/attachments.py",
        right="if any(_MACROS.search(n) for n in names):",
        wrong="if not names:",
        caught_by="tests/unit/test_inbound.py::test_what_may_do_harm_is_refused_with_a_reason[a.docx-content3-makron]",
    ),
    Planted(
        bug="a step is taken back from under what a later withdrawal made of the region",
        file="uppdrag/service/correcting.py",
        right="gone = {seq for seq in taken_back if seq > target.seq}",
        wrong="gone = set(taken_back)",
        caught_by="tests/integration/test_region_roads.py::"
        "test_a_step_is_not_taken_back_from_under_what_a_later_withdrawal_made_of_the_region[sqlite]",
    ),
    Planted(
        bug="a mail to a region does not say how far the log had come",
        file="notifications/heads.py",
        right="html=in_html(message.html, head)) if head else message",
        wrong="html=in_html(message.html, head)) if not head else message",
        caught_by="tests/unit/test_compose.py::test_the_last_line_is_how_far_the_log_had_come",
    ),
    Planted(
        bug="who reads a sensitive uppdrag is not written down",
        file="uppdrag/web/guard.py",
        right="await keep(self._web, request, message, told, _told_of(request))",
        wrong="pass",
        caught_by="tests/integration/test_readings.py::test_every_page_that_shows_anything_sensitive_is_written_down",
    ),
)
"""What `make teeth` plants, one at a time."""
