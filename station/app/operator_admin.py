"""Changes a site's operators for the commands: who may, what is written, and who journals it.

A change counts from the moment it is written, also beside a running engine: the engine looks at
every badge and once a second, signs out whom it concerns, and journals the change. Where nothing
runs, the command journals it itself.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from station.app.clock import SystemClock, UlidScanIds
from station.app.config import Settings, load
from station.app.noted_lines import journal_noted, site_notary
from station.app.site_paths import SitePaths
from station.core.act_request import MAX_REASON_CHARS
from station.core.causes import Cause
from station.core.control_code import MAX_BADGE_NUMBER, is_control_name
from station.core.errors import ConfigurationError, NotIdentifiedError, StorageError
from station.core.language import Language
from station.core.operators import SITE_OWNER, Actor, Operator, OperatorChange, Role
from station.core.telling import failure
from station.core.text import printable
from station.storage.operator_book import OperatorBook
from station.storage.roster_reader import Enrolled, RosterReader


@dataclass(frozen=True, slots=True)
class OperatorAdmin:
    """A site's operators, open for one command.

    Attributes:
        paths: The site.
        settings: Its configuration.
        roster: Who is enrolled.
        book: Takes changes and checks PINs.
    """

    paths: SitePaths
    settings: Settings
    roster: RosterReader
    book: OperatorBook

    def enrolled(self, name: str) -> Operator:
        """An active operator.

        Raises:
            ConfigurationError: Nobody active has this name.
            NotIdentifiedError: Somebody has, but not as the station sealed it.
        """
        operator = self.roster.find(name)
        if operator is None and self.roster.knows(name):
            raise failure(NotIdentifiedError, Cause.RECORD_FORGED, name=name)
        if operator is None or not operator.active:
            raise failure(ConfigurationError, Cause.NOT_ENROLLED, name=printable(name, 20))
        return operator

    def authorise(self, name: str | None, pin: Callable[[str], str]) -> str:
        """Make sure that whoever asks may change operators.

        Until there is an admin with a PIN, whoever can write to the site folder may; then only an
        admin.

        Args:
            name: The admin, as given; None for nobody.
            pin: Gives the PIN of a name.

        Returns:
            Whom to name in the journal.

        Raises:
            NotIdentifiedError: They are no admin, or did not prove it.
            ConfigurationError: No admin was named, or no PIN can be found.
        """
        if name is None:
            if self._admins():
                raise ConfigurationError(
                    "only an admin changes operators here", "name yourself with --by NAME"
                )
            return SITE_OWNER
        actor = self.identified(name, pin)
        if actor.role is not Role.ADMIN:
            raise failure(NotIdentifiedError, Cause.NOT_AN_ADMIN, name=actor.name)
        return actor.name

    def authorise_for(self, whose: str, name: str | None, pin: Callable[[str], str]) -> str:
        """Make sure that whoever asks may change what is somebody's own: an admin, or they.

        Raises:
            NotIdentifiedError: They are neither, or did not prove it.
            ConfigurationError: No admin was named, or no PIN can be found.
        """
        if name == whose:
            return self.identified(name, pin).name
        return self.authorise(name, pin)

    def identified(self, name: str, pin: Callable[[str], str]) -> Actor:
        """Somebody with their PIN.

        Raises:
            NotIdentifiedError: They did not prove it.
            ConfigurationError: No PIN can be found.
        """
        actor = self.book.identify(name, pin(name))
        if not actor.proven:
            raise failure(NotIdentifiedError, Cause.PIN_NOT_GIVEN, name=name)
        return actor

    def add(
        self,
        name: str,
        role: Role,
        by: str,
        language: Language | None = None,
        why: str = "",
    ) -> Operator:
        """Enrol somebody.

        Args:
            name: Theirs.
            role: What they may do.
            by: Whom to name in the journal.
            language: What they read; None for what the site's operators read.
            why: In words, or ``""``.

        Raises:
            ConfigurationError: The name is none, or was given before.
            StorageError: Nothing was written.
        """
        if not is_control_name(name):
            raise failure(ConfigurationError, Cause.NAME_IS_NONE, name=printable(name))
        if self.roster.knows(name):
            raise failure(ConfigurationError, Cause.NAME_WAS_GIVEN, name=name)
        after = Operator(name, role, language=language)
        reads = "" if language is None else f", reads {language.value}"
        self._record(after, None, by, f"added as {role.name.lower()}, badge 1{reads}", why=why)
        return after

    def remove(self, name: str, by: str, why: str = "") -> Operator:
        """Take somebody's badge and PIN out of use, for good.

        Raises:
            ConfigurationError: Nobody active has this name, or it is the last admin with a PIN.
            StorageError: Nothing was written.
        """
        before = self.enrolled(name)
        self._keep_an_admin(before)
        after = replace(before, active=False)
        self._record(after, before, by, "removed", why=why)
        return after

    def change_role(self, name: str, role: Role, by: str, why: str = "") -> Operator:
        """Let somebody do more or less; whoever is signed in so is signed out.

        Raises:
            ConfigurationError: Nobody active has this name, or it is the last admin with a PIN.
            StorageError: Nothing was written.
        """
        before = self.enrolled(name)
        if role is not Role.ADMIN:
            self._keep_an_admin(before)
        after = replace(before, role=role)
        self._record(after, before, by, f"is {role.name.lower()} now", why=why)
        return after

    def change_language(
        self, name: str, language: Language | None, by: str, why: str = ""
    ) -> Operator:
        """Have the screens speak another language while somebody is signed in, from now on.

        Raises:
            ConfigurationError: Nobody active has this name.
            StorageError: Nothing was written.
        """
        before = self.enrolled(name)
        after = replace(before, language=language)
        reads = "what the site reads" if language is None else language.value
        self._record(after, before, by, f"reads {reads} now", why=why)
        return after

    def set_pin(self, name: str, pin: str, by: str, why: str = "") -> Operator:
        """Give somebody a new PIN; wrong tries at the old one are forgotten.

        Raises:
            ConfigurationError: Nobody active has this name, or the PIN is none.
            StorageError: Nothing was written.
        """
        operator = self.enrolled(name)
        if not pin:
            raise failure(ConfigurationError, Cause.PIN_IS_NONE)
        self._record(operator, operator, by, "new PIN", pin, why=why)
        return operator

    def issue_badge(self, name: str, by: str, *, is_new: bool, why: str = "") -> Operator:
        """Let a badge be drawn: the one that counts once more, or the next, which revokes it.

        Raises:
            ConfigurationError: Nobody active has this name, or no further number is left.
            StorageError: Nothing was written.
        """
        before = self.enrolled(name)
        if not is_new:
            self._record(before, before, by, f"badge {before.badge} drawn", why=why)
            return before
        if before.badge == MAX_BADGE_NUMBER:
            raise failure(ConfigurationError, Cause.BADGES_USED_UP, name=name)
        after = replace(before, badge=before.badge + 1)
        told = f"badge {after.badge} drawn, badge {before.badge} revoked"
        self._record(after, before, by, told, why=why)
        return after

    def _admins(self) -> list[Enrolled]:
        """Those who can prove that they may change operators."""
        return [
            enrolled
            for enrolled in self.roster.all()
            if enrolled.operator.active
            and enrolled.operator.role is Role.ADMIN
            and enrolled.has_pin
        ]

    def _keep_an_admin(self, before: Operator) -> None:
        names = [admin.operator.name for admin in self._admins()]
        if names == [before.name]:
            raise failure(ConfigurationError, Cause.LAST_ADMIN, name=before.name)

    def _record(
        self,
        after: Operator,
        before: Operator | None,
        by: str,
        what: str,
        pin: str = "",
        *,
        why: str = "",
    ) -> None:
        told = printable(f"{what}: {why}" if why else what, MAX_REASON_CHARS)
        change = OperatorChange(UlidScanIds().next(), SystemClock().now_utc(), after, by, told)
        self.book.record(change, before, pin)

    def journal(self) -> str:
        """Journal what was changed, unless another program holds the journal.

        Returns:
            That program, which journals it; ``""`` where it is done.

        Raises:
            StorageError: The journal cannot be written; the change counts all the same, and is
                journalled by the next engine.
        """
        try:
            return journal_noted(self.paths, "station operator")
        except StorageError as error:
            raise StorageError(
                f"the change counts, but is not journalled yet: {error.message}", error.remedy
            ) from error


@contextmanager
def operator_admin(site: SitePaths) -> Iterator[OperatorAdmin]:
    """Open a site's operators.

    Raises:
        ConfigurationError: There is no site, or it is configured wrongly.
        StorageError: The station database is missing, damaged or of another schema.
    """
    settings = load(site.config)
    notary = site_notary(site)
    roster = RosterReader(site.station_db, notary.check)
    try:
        book = OperatorBook(site.station_db, SystemClock(), notary)
        try:
            yield OperatorAdmin(site, settings, roster, book)
        finally:
            book.close()
    finally:
        roster.close()
