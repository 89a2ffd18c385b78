#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Firmware from a signed package to the printer, with a real agent, a real connector and printers whose version changes only
when every byte has arrived and they have started anew. Effects are counted in the printers' own logs.

Refused: a wrong signature, a manifest for another model, an older version, bytes that are not the signed ones. Resumed: a cut
download. Told honestly and finished by a retry: a cable pulled at 50 %, an agent killed in the middle of the stream."""
import argparse
import collections
import hashlib
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools" / "lib"))
import lab  # noqa: E402

OPEN = ("queued", "delivered", "running")


class Line(lab.Relay):
    """The way to the connector; cuts the connection that carried `cut_after` bytes down, once."""

    def __init__(self, port):
        self.cut_after, self.cuts = None, 0
        self.down = collections.Counter()  # bytes down, per connection
        super().__init__(port)

    def through(self, link, down, data):
        if down:
            self.down[link] += len(data)
            if self.cut_after and self.down[link] > self.cut_after:
                self.cut_after, self.cuts = None, self.cuts + 1
                return None
        return data


def printer_profile(folder, name, source, **firmware):
    """A copy of a profile that takes firmware."""
    profile = folder / "profiles" / name
    shutil.copytree(lab.PROFILES / source, profile)
    shutil.copy(lab.PROFILES / "words.json", profile.parent / "words.json")
    behaviour = json.loads((profile / "behaviour.json").read_text())
    behaviour["firmware"] = {"flash_ms": 300, "return_ms": 1200, **firmware}
    (profile / "behaviour.json").write_text(json.dumps(behaviour))
    return profile


def image(version, size, pjl, model="any"):
    """What a maker would give out: our printers' made-up format, bare or in PJL."""
    body = os.urandom(size)
    data = f"VPFW1 {hashlib.sha256(body).hexdigest()} {size} {version}\n".encode() + body
    if pjl:
        data = (f"\x1b%-12345X@PJL COMMENT MODEL={model}\r\n@PJL UPGRADE SIZE={len(data)}\r\n\x1b%-12345X@PJL\r\n"
                "@PJL ENTER LANGUAGE=FWUPDATE\r\n").encode() + data + b"\x1b%-12345X"
    return data


class Site:
    def __init__(self, connector, desk, folder):
        self.connector, self.desk, self.folder = connector, desk, folder

    def tool(self, *words):
        subprocess.run([self.connector.program, "package", *map(str, words)], check=True, capture_output=True, timeout=60)

    def package(self, name, data, version, model, key="site"):
        path = self.folder / name
        path.write_bytes(data)
        self.tool("sign", path, "--signing-key", self.folder / f"{key}.key", "--title", name, "--version", version, "--model", model)
        self.tool("add", path, "--data", self.connector.data, "--package-keys", self.folder / "keys")
        return hashlib.sha256(data).hexdigest()

    def printer(self, serial):
        def find():
            for item in self.connector.api("GET", "/printers")["items"]:
                one = self.connector.api("GET", f"/printers/{item['id']}")
                if one["identity"] and one["identity"]["serial_number"] == serial and one["identity"]["firmware"]:
                    return one
            return None
        return lab.wait_for(f"the printer {serial}", find, 90, 0.3)

    def order(self, printer, sha256, **parameters):
        return self.connector.api("POST", f"/printers/{printer['id']}/actions",
                                  {"type": "firmware", "parameters": {"package": sha256, **parameters}})

    def now(self, action):
        return self.connector.api("GET", f"/actions/{action['id']}")

    def end(self, action, state, said="", seconds=120):
        lab.wait_for("the end", lambda: self.now(action)["state"] not in OPEN, seconds, 0.2)
        lab.wait_for("its record", lambda: self.now(action)["result"] is not None or state == "rejected" or state == "interrupted", 30)
        got = self.now(action)
        assert got["state"] == state and said in (got["message"] or ""), got
        return got

    def events(self, name):
        """What of firmware happened to a printer, by its own word."""
        return [line["event"] for line in self.desk.asked(name) if line["what"] == "firmware"]


def refusals(site, printer):
    """Nothing of these reaches the printer."""
    model = printer["identity"]["model"]
    good = image("20991231", 60_000, pjl=True)
    sha = site.package("stranger.bin", good, "20991231", model, key="stranger")
    site.end(site.order(printer, sha), "rejected", "not signed by a key this PC trusts")

    sha = site.package("other-model.bin", image("20991231", 60_000, pjl=True), "20991231", "LaserJet 9999")
    site.end(site.order(printer, sha), "rejected", "other models")

    sha = site.package("old.bin", image("19990101", 60_000, pjl=True), "19990101", model)
    site.end(site.order(printer, sha), "rejected", "newer than 19990101")

    sha = site.package("unlike.bin", image("beta-x", 60_000, pjl=True), "beta-x", model)
    site.end(site.order(printer, sha), "rejected", "Nobody can tell")

    sha = site.package("changed.bin", image("20991230", 60_000, pjl=True), "20991230", model)
    stored = site.connector.data / "packages" / sha
    whole = stored.read_bytes()
    for wrong in (whole[:-1] + b"!", whole[:30_000]):
        stored.write_bytes(wrong)
        site.end(site.order(printer, sha), "rejected", "not the one that was signed")
    assert site.events("laser") == [], site.events("laser")
    print("refused: stranger's key, other model, older, unlike, changed bytes, truncated; no byte reached the printer")


def good_path(site, line, printer):
    """The download is cut in its middle, goes on, and the printer has the new version."""
    size = 3_000_000
    data = image("20991231", size, pjl=True)
    sha = site.package("good.bin", data, "20991231", printer["identity"]["model"])
    address = [p["address"] for p in json.loads(site.desk.do("list")) if p["name"] == "laser"]
    line.cut_after = 2_000_000
    first = line.links
    done = site.end(site.order(printer, sha), "done")
    assert line.cuts == 1
    after = [n for link, n in sorted(line.down.items()) if link >= first and n > 100_000]
    assert len(after) == 2 and sum(after) < size * 1.2, after  # the second went on where the first ended
    assert done["result"]["to_version"] == "20991231", done
    assert done["result"]["from_version"] == printer["identity"]["firmware"], done
    assert site.events("laser") == ["begins", "written"], site.events("laser")
    assert address != [p["address"] for p in json.loads(site.desk.do("list")) if p["name"] == "laser"]
    truth = site.desk.truth()["laser"]
    assert str(truth["identity"]["firmware"]) == "20991231", truth["identity"]
    lab.wait_for("the connector's knowledge", lambda: site.printer(truth["identity"]["serial_number"])["identity"]["firmware"] == "20991231", 30)
    log = site.desk.asked("laser")
    begins = next(i for i, entry in enumerate(log) if entry["what"] == "firmware")
    ends = next(i for i, entry in enumerate(log) if entry["what"] == "firmware" and entry["event"] == "written")
    assert not [e for e in log[begins:ends] if e["what"] in ("pjl", "http", "control")], "it was asked something in the middle"
    assert not (site.desk.state / "package").exists(), "the package was not thrown away"

    again = site.end(site.order(printer, sha), "done")
    assert again["result"]["to_version"] == "20991231"
    assert site.events("laser") == ["begins", "written"], "the same version was sent twice"
    print(f"written: cut at 2 MB of 3, resumed ({after}), version told, package gone; the same version is not sent again")


def pulled_at_half(site, printer):
    sha = site.package("half.bin", image("20991231", 400_000, pjl=False), "20991231", printer["identity"]["model"])
    end = site.end(site.order(printer, sha), "failed", "recovery mode")
    assert 0 < end["result"]["bytes_sent"] < 400_000, end
    assert "begins" in site.events("fragile") and "written" not in site.events("fragile")
    lab.wait_for("its return", lambda: site.desk.truth()["fragile"]["plugged"], 20)
    assert "identity.firmware" not in site.desk.truth()["fragile"]["told_by"]
    retry = site.order(printer, sha)
    done = site.end(retry, "done")
    assert done["result"]["to_version"] == "20991231", done
    assert site.events("fragile").count("begins") == 2 and site.events("fragile")[-1] == "written"
    print("cable pulled at 50 %: failed, in recovery mode; the retry finished it")


def killed_in_the_middle(site, printer):
    sha = site.package("kill.bin", image("20991231", 600_000, pjl=False), "20991231", printer["identity"]["model"])
    action = site.order(printer, sha)
    lab.wait_for("the first byte", lambda: "begins" in site.events("slow"), 60)
    lab.wait_for("its progress", lambda: site.now(action)["state"] == "running", 20)
    status, answer = site.connector.call("POST", f"/actions/{action['id']}/cancel", None, site.connector.session)
    assert (status, answer["error"]) == (409, "too_late"), (status, answer)
    os.kill(int(site.desk.pid_file.read_text()), signal.SIGKILL)
    end = site.end(action, "interrupted", "send the package again")
    time.sleep(2)  # time in which a second execution would begin
    assert site.events("slow").count("begins") == 1, site.events("slow")
    assert "written" not in site.events("slow")
    done = site.end(site.order(printer, sha), "done")
    assert done["result"]["to_version"] == "20991231", done
    assert site.events("slow").count("begins") == 2
    assert site.now(action)["state"] == "interrupted" == end["state"]
    print("killed in mid-stream: interrupted, never begun again by itself; the retry finished it")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", type=pathlib.Path, required=True)
    build = parser.parse_args().build.resolve()
    with tempfile.TemporaryDirectory(prefix="platen-firmware-") as folder:
        folder = pathlib.Path(folder)
        connector = lab.Connector(build, folder)
        desk = lab.Desk(build, folder, {
            "laser": printer_profile(folder, "laser", "hp-laserjet-pjl", container="pjl"),
            "fragile": printer_profile(folder, "fragile", "hp-laser-ledm", container="bare", unplug_at=50),
            "slow": printer_profile(folder, "slow", "hp-laser-ledm", container="bare", bytes_per_s=200_000)})
        site = Site(connector, desk, folder)
        try:
            connector.start()
            line = Line(connector.sda_port)
            (folder / "keys").mkdir(mode=0o755)
            for key in ("site", "stranger"):
                site.tool("keygen", folder / key)
            shutil.copy(folder / "site.pem", folder / "keys")
            token = connector.run("token", "create", "--url", f"https://localhost:{line.port}").strip()
            desk.configure(token=token, package_keys=folder / "keys")
            desk.start_again_and_again()
            printers = {name: site.printer(truth["identity"]["serial_number"]) for name, truth in desk.truth().items()}
            refusals(site, printers["laser"])
            good_path(site, line, printers["laser"])
            pulled_at_half(site, printers["fragile"])
            killed_in_the_middle(site, printers["slow"])
        except BaseException:
            sys.stderr.write(desk.log.read_text(errors="replace")[-6000:])
            raise
        finally:
            desk.stop()
            connector.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
