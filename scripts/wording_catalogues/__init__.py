"""The wording tables as gettext catalogues for translators, and back."""
