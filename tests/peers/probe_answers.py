#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Get-Printer-Attributes answers as real printers give them, read by CUPS's ipptool and by `platen probe`: both say the same.
The answers are written here, with the vendors' manners; captures of real printers are read where PLATEN_CAPTURES names a folder
with them (*.bin)."""
import http.server
import json
import os
import pathlib
import plistlib
import shutil
import struct
import subprocess
import sys
import threading

import printers_inside

INTEGER, ENUM, OCTETS, TEXT_LANG, TEXT, KEYWORD, URI = 0x21, 0x23, 0x30, 0x35, 0x41, 0x44, 0x45
STATES = {3: "idle", 4: "processing", 5: "stopped"}
COLORS = {"#000000": "black", "#00FFFF": "cyan", "#FF00FF": "magenta", "#FFFF00": "yellow"}
REQUEST = """{ OPERATION Get-Printer-Attributes GROUP operation-attributes-tag ATTR charset attributes-charset utf-8
ATTR naturalLanguage attributes-natural-language en ATTR uri printer-uri $uri }
"""
UUID = "urn:uuid:12345678-9abc-4def-8123-{:012x}"


def spoken(text):
    """textWithLanguage: every text with its language."""
    return struct.pack(">H", 2) + b"en" + struct.pack(">H", len(text)) + text.encode()


ANSWERS = {
    # Texts with language, supplies named by a letter, no trays, no alerts.
    "lettered-ink": [
        (TEXT_LANG, "printer-make-and-model", [spoken("Example MFC-J1")]), (URI, "printer-uuid", [UUID.format(1)]),
        (ENUM, "printer-state", [3]), (KEYWORD, "printer-state-reasons", ["marker-supply-low-warning"]),
        (TEXT_LANG, "marker-colors", [spoken(c) for c in ("#FF00FF", "#00FFFF", "#FFFF00", "#000000")]),
        (INTEGER, "marker-high-levels", [100] * 4), (INTEGER, "marker-levels", [12, 9, 44, 13]),
        (INTEGER, "marker-low-levels", [18] * 4), (TEXT_LANG, "marker-names", [spoken(n) for n in ("M", "C", "Y", "BK")]),
        (KEYWORD, "marker-types", ["ink-cartridge"] * 4),
    ],
    # Two blacks of one colour, a bare alert, trays that say "unknown".
    "photo-ink": [
        (TEXT, "printer-make-and-model", ["EXAMPLE XP-1 Series"]), (URI, "printer-uuid", [UUID.format(2)]),
        (ENUM, "printer-state", [3]), (KEYWORD, "printer-state-reasons", ["marker-supply-low-warning"]),
        (OCTETS, "printer-alert", ["code=other"]), (TEXT, "printer-alert-description", ["feed roller needed soon"]),
        (TEXT, "printer-firmware-string-version", ["20.44.AB1"]),
        (TEXT, "marker-names", ["Photo Black ink", "Cyan ink", "Magenta ink", "Yellow ink", "Black ink"]),
        (TEXT, "marker-colors", ["#000000", "#00FFFF", "#FF00FF", "#FFFF00", "#000000"]),
        (KEYWORD, "marker-types", ["ink-cartridge"] * 5), (INTEGER, "marker-low-levels", [15] * 5),
        (INTEGER, "marker-high-levels", [100] * 5), (INTEGER, "marker-levels", [28, 98, 81, 5, 66]),
        (OCTETS, "printer-input-tray", [
            "type=other;dimunit=micrometers;mediafeed=279400;mediaxfeed=215900;maxcapacity=-2;level=-2;status=0;name=Bin 1;",
            "type=sheetFeedAutoNonRemovableTray;dimunit=micrometers;mediafeed=297000;mediaxfeed=210000;maxcapacity=100;"
            "level=-3;status=0;name=Bin 2;"]),
    ],
    # A waste box whose level rises, a supply that nobody knows, three reasons.
    "waste-laser": [
        (TEXT, "printer-make-and-model", ["Example ECO 1"]), (URI, "printer-uuid", [UUID.format(3)]), (ENUM, "printer-state", [5]),
        (KEYWORD, "printer-state-reasons", ["media-empty-error", "cover-open-error", "toner-low-warning"]),
        (TEXT, "marker-names", ["TK-1", "Waste Toner Box"]), (TEXT, "marker-colors", ["#000000", "none"]),
        (KEYWORD, "marker-types", ["toner-cartridge", "waste-toner"]), (INTEGER, "marker-low-levels", [10, 0]),
        (INTEGER, "marker-high-levels", [100, 95]), (INTEGER, "marker-levels", [7, 30]),
    ],
}


def encoded(attributes):
    """RFC 8010, by hand."""
    out = struct.pack(">BBHI", 2, 0, 0, 1) + b"\x01"
    groups = [[(0x47, "attributes-charset", ["utf-8"]), (0x48, "attributes-natural-language", ["en"])], attributes]
    for i, group in enumerate(groups):
        out += b"\x04" if i else b""
        for tag, name, values in group:
            for j, value in enumerate(values):
                raw = struct.pack(">i", value) if isinstance(value, int) else value if isinstance(value, bytes) else value.encode()
                key = b"" if j else name.encode()
                out += struct.pack(">BH", tag, len(key)) + key + struct.pack(">H", len(raw)) + raw
    return out + b"\x03"


def read_by_ipptool(folder, answer):
    """What ipptool decodes: {name: value, or list of values}."""
    class Server(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            question = b""
            if self.headers.get("Transfer-Encoding") == "chunked":
                while n := int(self.rfile.readline(), 16):
                    question += self.rfile.read(n)
                    self.rfile.readline()
                self.rfile.readline()
            else:
                question = self.rfile.read(int(self.headers["Content-Length"]))
            body = answer[:4] + question[4:8] + answer[8:]  # the answer to this very request
            self.send_response(200)
            self.send_header("Content-Type", "application/ipp")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    test = folder / "get.test"
    test.write_text(REQUEST)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        done = subprocess.run(["ipptool", "-X", f"ipp://127.0.0.1:{server.server_port}/ipp/print", test], capture_output=True,
                              check=False, timeout=60)
        server.shutdown()
    found = {}
    for group in plistlib.loads(done.stdout)["Tests"][0]["ResponseAttributes"]:
        found.update(group)
    return {name: [plain(v) for v in (value if isinstance(value, list) else [value])] for name, value in found.items()}


def plain(value):
    if isinstance(value, dict) and "string" in value:
        return value["string"]  # a text with its language
    return value.decode(errors="replace") if isinstance(value, bytes) else value


def fields(text):
    return dict(f.split("=", 1) for f in text.split(";") if "=" in f)


def differences(said, mine):
    """Where Platen's snapshot is not what ipptool's decoding means."""
    found = []

    def same(what, right, have):
        if right != have:
            found.append(f"{what}: ipptool reads {right!r}, platen {have!r}")

    def one(name):
        return said.get(name, [None])[0]

    make_and_model = f"{mine['identity']['make']} {mine['identity']['model']}"
    same("model", one("printer-make-and-model").casefold(), make_and_model.casefold())
    same("uuid", one("printer-uuid").removeprefix("urn:uuid:"), mine["identity"]["uuid"])
    if one("printer-firmware-string-version"):
        same("firmware", one("printer-firmware-string-version"), mine["identity"]["firmware"])
    same("state", STATES[one("printer-state")], mine["state"]["printer_state"])
    reasons = {r for r in said["printer-state-reasons"] if r != "none"}
    same("reasons", {r.rsplit("-", 1)[0] for r in reasons},
         {r.rsplit("-", 1)[0] for r in mine["state"]["reasons"] or [] if not r.startswith("other")})
    same("supplies", len(said["marker-names"]), len(mine["supplies"] or []))
    for i, row in enumerate(mine["supplies"] or []):
        kind, level = said["marker-types"][i], said["marker-levels"][i]
        filled = kind.startswith("waste")
        words = kind.split("-")
        same(f"supply {i} type", words[0] + "".join(w.title() for w in words[1:]), row["type"])
        same(f"supply {i} class", "filled" if filled else "consumed", row["class"])
        same(f"supply {i} level", 100 - level if filled else level, row["level_percent"])
        if not filled:
            same(f"supply {i} state", "low" if level <= said["marker-low-levels"][i] else "ok", row["state"])
        color = COLORS.get(said["marker-colors"][i])
        if color and not (row["colorant"] or "").endswith(color):
            found.append(f"supply {i}: ipptool reads {color}, platen {row['colorant']}")
    trays = [fields(t) for t in said.get("printer-input-tray", [])]
    same("trays", [(t["name"], int(t["level"])) for t in trays],
         [(m["name"], m["level_code"] if m["level"] is None else m["level"]) for m in mine["media"] or []])
    return found


def made(folder, _):
    """Printers that answer with these bytes: name -> folder."""
    base, found = printers_inside.PROFILES / "ipp-everywhere-ink", {}
    answers = {name: encoded(attributes) for name, attributes in ANSWERS.items()}
    captures = os.environ.get("PLATEN_CAPTURES")
    if captures:
        answers |= {path.stem: path.read_bytes() for path in sorted(pathlib.Path(captures).glob("*.bin"))}
    else:
        print("SKIPPED: captures of real printers: PLATEN_CAPTURES names no folder with them; the project's own answers are read")
    for name, answer in answers.items():
        mine = folder / name
        shutil.copytree(base, mine)
        shutil.rmtree(mine / "ipp")
        (mine / "ipp").mkdir()
        (mine / "ipp" / "answer.bin").write_bytes(answer)
        device = json.loads((mine / "device.json").read_text())
        device["device_id"] = "CMD:URF;CLS:PRINTER;"  # what it is called, the answer says
        (mine / "device.json").write_text(json.dumps(device))
        found[name] = mine
    (folder / "words.json").symlink_to(printers_inside.PROFILES / "words.json")
    return found


def inside(world, _):
    mine = {p["usb"]["port_path"]: p for p in world.probe()["printers"]}
    failed = False
    for truth in world.truth()["printers"]:
        answer = (world.folder / "profiles" / truth["name"] / "ipp" / "answer.bin").read_bytes()
        said = read_by_ipptool(world.folder, answer)
        found = differences(said, mine[truth["usb"]["port_path"]])
        print(f"{truth['name']}: {len(said)} attributes, {len(found)} differences", *found, sep="\n  ")
        failed = failed or bool(found)
    assert not failed


if __name__ == "__main__":
    sys.exit(printers_inside.main(__doc__, inside, profiles={}, more=made))
