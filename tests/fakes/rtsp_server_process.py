"""An RTSP server for tests, of GStreamer's parts: H.264 made from pictures it is shown.

Run by the system's Python, whose packages have GStreamer; the standard library and `gi` only.

    rtsp_server_process.py WIDTH HEIGHT FRAMES_PER_S PORT

Writes one line of JSON, ``{"port": N}``, when it listens, and then ``{"viewers": N}`` with each
viewer in all. Each line it reads names a file of WIDTH × HEIGHT pixels, RGB: the picture it shows
from then on. Ends when its standard input does.
"""

import json
import sys
import threading
from pathlib import Path

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtspServer  # noqa: E402

PIPELINE = (
    "( appsrc name=pictures is-live=true format=time do-timestamp=true ! videoconvert"
    " ! video/x-raw,format=I420 ! x264enc tune=zerolatency speed-preset=ultrafast bitrate=8000"
    " key-int-max=10 ! rtph264pay name=pay0 pt=96 config-interval=1 )"
)


class Show:
    """The picture shown, and the streams that show it."""

    def __init__(self, width: int, height: int, frames_per_s: int) -> None:
        self.picture = bytes([128]) * (3 * width * height)
        self.viewers = 0
        self._caps = (
            f"video/x-raw,format=RGB,width={width},height={height},framerate={frames_per_s}/1"
        )
        self._interval_ms = 1000 // frames_per_s

    def configure(self, _factory: object, media: "GstRtspServer.RTSPMedia") -> None:
        """Give a viewer's stream its pictures, one each interval."""
        source = media.get_element().get_by_name_recurse_up("pictures")
        source.set_property("caps", Gst.Caps.from_string(self._caps))

        def push() -> bool:
            buffer = Gst.Buffer.new_wrapped(self.picture)
            return bool(source.emit("push-buffer", buffer) == Gst.FlowReturn.OK)

        GLib.timeout_add(self._interval_ms, push)
        self.viewers += 1
        say({"viewers": self.viewers})

    def read_pictures(self, ended: "GLib.MainLoop") -> None:
        """Take the names of pictures until there are no more."""
        for line in sys.stdin:
            self.picture = Path(line.rstrip("\n")).read_bytes()
        ended.quit()


def say(what: dict[str, int]) -> None:
    """One line of JSON."""
    print(json.dumps(what), flush=True)


def main(argv: list[str]) -> None:
    """Serve until standard input ends."""
    width, height, frames_per_s, port = map(int, argv)
    Gst.init(None)
    loop = GLib.MainLoop()
    show = Show(width, height, frames_per_s)
    factory = GstRtspServer.RTSPMediaFactory()
    factory.set_launch(PIPELINE)
    factory.set_shared(False)
    factory.connect("media-configure", show.configure)
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service(str(port))
    server.get_mount_points().add_factory("/live", factory)
    server.attach(None)
    say({"port": server.get_bound_port()})
    threading.Thread(target=show.read_pictures, args=(loop,), daemon=True).start()
    loop.run()


if __name__ == "__main__":
    main(sys.argv[1:])
