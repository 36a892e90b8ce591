"""What services say in English, in the reader's language: symptoms and remedies, steps of a test, faults of a file.

Services have no reader and speak one language. The sentences that they are known to say stand here, with `%(name)s`
where something is filled in; a page looks the sentence up and translates it. What is not known here is shown as it was
said: better English than nothing.
"""

from __future__ import annotations

import re

from flask_babel import gettext as _


def n_(sentence: str) -> str:
    """Mark a sentence for the catalogue."""
    return sentence


CAMERA = (
    n_("there is no %(device)s"),
    n_("plug the camera in; `ls /dev/video*` lists what the system sees"),
    n_("%(device)s may not be opened"),
    n_("put the service's user into the group `video`"),
    n_("%(device)s gives no pictures"),
    n_("another program may hold it, or it is not a camera: try the next index"),
    n_("camera %(source)s does not answer"),
    n_("camera %(source)s gave no frame for %(seconds)s s"),
    n_("camera %(source)s stopped giving frames"),
    n_("check its cable, its power and, on a network, its address"),
    n_("try the address in a video player on this network; check user name and password"),
    n_("picamera2 cannot be loaded (%(error)s)"),
    n_("on Raspberry Pi OS: apt install python3-picamera2, script/bootstrap; elsewhere set camera.source to 0"),
    n_("libcamera sees no camera"),
    n_("check the ribbon cable, then `rpicam-hello --list-cameras`"),
    n_("this camera gives %(formats)s"),
    n_("RGB888 and YUV420 are needed: use a camera with the Pi's ISP"),
    n_("the camera gave no frame for %(seconds)s s"),
    n_("check the ribbon cable and restart the box"),
    n_("%(source)s: no such recording"),
    n_("name a folder of pictures, folder/%%d.jpg, or a video file"),
    n_("%(source)s: no pictures there"),
    n_("it needs files ending in %(endings)s"),
    n_("%(source)s: not a picture that OpenCV can read"),
    n_("take it out of the folder or save it anew"),
    n_("%(source)s: not a video that OpenCV can read"),
    n_("use MP4 or AVI, or a folder of pictures"),
    n_("recording over"),
    n_("start the door again, or set camera.repeat"),
    n_("faces are seen only when the picture is turned over"),
    n_("turn the camera over, or change camera.rotate (0 or 180)"),
)
"""Symptoms and remedies of the door (`appliance/camera`, `services/door_view.py`)."""

CONNECTION = (
    n_("The name resolves"),
    n_("The port answers (TCP)"),
    n_("The certificates are accepted (TLS)"),
    n_("The broker accepts this box (MQTT CONNACK)"),
    n_("This box may publish to its own topic"),
    n_("no host is set"),
    n_("ca_file is not set: the connection is not encrypted"),
    n_("no answer to CONNECT"),
    n_("%(place)s: no acknowledgement"),
    n_("%(place)s: Connection refused"),
    n_("%(place)s: No route to host"),
    n_("%(place)s: Network is unreachable"),
    n_("%(place)s: Name or service not known"),
    n_("%(place)s: Temporary failure in name resolution"),
    n_("%(place)s: timed out"),
)
"""Steps of the broker's test and their details (`uplink/connection_test.py`)."""

FILE = (
    n_("%(key)s: unknown key; did you mean %(near)s?"),
    n_("%(key)s: unknown key; known: %(known)s"),
    n_("%(key)s: input should be a valid integer, unable to parse string as an integer, not %(value)s"),
    n_("%(key)s: input should be a valid number, unable to parse string as a number, not %(value)s"),
    n_("%(key)s: input should be a valid integer, not %(value)s"),
    n_("%(key)s: input should be a valid string, not %(value)s"),
    n_("%(key)s: input should be greater than or equal to %(bound)s, not %(value)s"),
    n_("%(key)s: input should be less than or equal to %(bound)s, not %(value)s"),
    n_("%(key)s: input should be greater than %(bound)s, not %(value)s"),
    n_("%(key)s: input should be less than %(bound)s, not %(value)s"),
    n_("%(key)s: input should be %(known)s, not %(value)s"),
    n_("%(key)s: string should match pattern %(pattern)s, not %(value)s"),
    n_("%(key)s: cert_file and key_file go together"),
    n_("%(key)s: a client certificate needs ca_file, the authority of the broker's certificate"),
    n_("%(key)s: field required"),
    n_("not TOML: %(error)s"),
)
"""Problems of a configuration (`config.py`); why a file is no TOML. The more particular of two shapes stands first."""

SHEETS = (
    n_("not JSON: %(error)s"),
    n_("line %(line)s is not UTF-8; save the file as UTF-8"),
    n_("not UTF-8 (%(error)s); save it as “CSV UTF-8” or as XLSX"),
    n_("not CSV (%(error)s)"),
    n_("not an XLSX workbook (%(error)s); save it as XLSX, without a password"),
    n_("not an XLSX workbook (%(error)s)"),
    n_("it unpacks to %(size)s bytes in %(parts)s parts; %(limit)s in %(most)s are taken"),
    n_("sheet “%(sheet)s” has more than %(limit)s rows"),
    n_("a meeting's file ends in %(endings)s"),
)
"""Why a file of a meeting or of people cannot be read at all (`appliance/sheets`)."""


def _shape(sentence: str) -> re.Pattern[str]:
    """A sentence of the lists as what it looks like once filled in."""
    pieces = re.split(r"%\((\w+)\)s", sentence)
    literal = [re.escape(piece.replace("%%", "%")) for piece in pieces[::2]]
    named = [f"(?P<{name}>.+)" for name in pieces[1::2]]
    return re.compile("".join(a + b for a, b in zip(literal, [*named, ""], strict=True)), re.DOTALL)


SHAPES = tuple((_shape(sentence), sentence) for sentence in (*CAMERA, *CONNECTION, *FILE, *SHEETS))


def translate(text: object) -> str:
    """The sentence in the language of this request, or as it is where it is not known."""
    said = str(text)
    for shape, sentence in SHAPES:
        if found := shape.fullmatch(said):
            return _(sentence, **found.groupdict()) if found.groupdict() else _(sentence).replace("%%", "%")
    return said
