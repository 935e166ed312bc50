"""Screens compared with kept SVG pictures, each a file of its own that a browser shows."""

from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode


class SvgSnapshots(SingleFileSnapshotExtension):
    """One ``.svg`` a picture, as text."""

    file_extension = "svg"
    _write_mode = WriteMode.TEXT
