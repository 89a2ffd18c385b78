#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every action, by every means a printer may have, through connector and agent: its effect is looked for in the virtual
printer's own log, and nothing is offered that a printer cannot do."""
import argparse
import contextlib
import json
import pathlib
import re
import sqlite3
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools" / "lib"))
import lab  # noqa: E402

PRINTERS = {"mfp": "hp-mfp", "ink": "ipp-everywhere-ink", "ledm": "hp-laser-ledm", "laser": "brother-laser", "gdi": "no-serial"}
FINAL = ("done", "failed", "rejected", "expired", "cancelled", "interrupted")


class Site:
    """The connector's view of the printers, by their names here."""

    def __init__(self, connector, desk):
        self.connector, self.desk = connector, desk
        self.ids = {}

    def find(self):
        """Pairs what the connector lists with the printers here, by what makes each unlike the others: its model."""
        def all_read():
            listed = self.connector.api("GET", "/printers")["items"]
            truth = self.desk.truth()
            for name, printer in truth.items():
                model = printer["identity"]["model"]
                for item in listed:
                    if item["model"] and (item["model"].endswith(model) or model.endswith(item["model"])):
                        self.ids[name] = item["id"]
            return len(self.ids) == len(PRINTERS)
        lab.wait_for("every printer's first reading", all_read, 120)
        lab.wait_for("what each printer can do", lambda: all(
            self.printer(n).get("access") for n in PRINTERS), 60)
        return self

    def printer(self, name):
        return self.connector.api("GET", f"/printers/{self.ids[name]}")

    def offer(self, name, kind):
        return self.printer(name)["capabilities"]["actions"][kind]

    def order(self, name, kind, **parameters):
        body = {"type": kind, "parameters": parameters} if parameters else {"type": kind}
        return self.connector.api("POST", f"/printers/{self.ids[name]}/actions", body)

    def refused(self, name, kind):
        """The connector's sentence for an action that it does not take."""
        status, answer = self.connector.call("POST", f"/printers/{self.ids[name]}/actions", {"type": kind},
                                             self.connector.session)
        assert status == 409, (status, answer)
        return answer["message"]

    def ended(self, action, seconds=60, wants_result=False):
        def over():
            now = self.connector.api("GET", f"/actions/{action['id']}")
            return now if now["state"] in FINAL and (now["result"] or not wants_result) else None
        return lab.wait_for(f"the end of {action['type']}", over, seconds)

    def done(self, name, kind, **parameters):
        end = self.ended(self.order(name, kind, **parameters), wants_result=kind != "probe_now")
        assert end["state"] == "done", end
        return end

    def log(self, name, what, **members):
        return [line for line in self.desk.asked(name)
                if line["what"] == what and all(line.get(k) == v for k, v in members.items())]


def reboots(site):
    for name, by, means in (("mfp", "pml", "pml"), ("ink", "ipp", "ipp"), ("ledm", "http", "ledm")):
        before = len(site.log(name, "plug"))
        address = site.desk.truth()[name]["usb"]["address"]
        end = site.done(name, "reboot")
        assert end["result"]["means"] == means, end
        assert 1000 < end["result"]["away_ms"] < 30000, end
        assert len(site.log(name, "action", do="reboot", by=by)) == 1, site.log(name, "action")
        assert len(site.log(name, "plug")) == before + 1
        assert site.desk.truth()[name]["usb"]["address"] != address
        assert site.printer(name)["status"] != "detached"
        print(f"reboot of {name} by {means}: away {end['result']['away_ms']} ms")
    for name in ("laser", "gdi"):
        assert not site.offer(name, "reboot")["offered"]
        assert "no restart" in site.refused(name, "reboot")
    print("reboot is not offered where the printer has no way to do it, with the reason")


def job_file(site, name):
    jobs = [json.loads(line) for line in site.desk.do("job-list", name).splitlines() if line.strip()]
    assert len(jobs) == 1, jobs
    return (site.desk.folder / "spool" / name / "jobs" / jobs[0]["file"]).read_bytes()


def test_pages(site):
    for name, means, start in (("mfp", "ipp", b"%PDF-1.4"), ("laser", "pjl", b"\x1b%-12345X@PJL\r\n@PJL ENTER LANGUAGE=POSTSCRIPT")):
        end = site.done(name, "print_test_page")
        assert end["result"]["means"] == means, end
        page = lab.wait_for("the page", lambda n=name: site.desk.do("job-list", n).strip() and job_file(site, n), 10)
        assert page.startswith(start) and b"Platen test page" in page, page[:200]
        print(f"test page on {name} by {means}: {len(page)} bytes, one job")
    assert not site.offer("gdi", "print_test_page")["offered"]


def idle_only(site):
    """While a job runs the printer is neither restarted nor made to print."""
    site.desk.do("set", "mfp", "state.printer_state", '"processing"')
    before = len(site.log("mfp", "action"))
    for kind in ("reboot", "print_test_page"):
        end = site.ended(site.order("mfp", kind))
        assert end["state"] == "rejected" and "job" in end["message"], end
    assert len(site.log("mfp", "action")) == before
    site.desk.do("set", "mfp", "state.printer_state", '"idle"')
    print("a printer at work is left alone: rejected, with the reason")


def audits(site):
    """What the PC wrote down of all this is what the connector has of it; a deletion in the middle, or a cut end, shows."""
    def verify():
        return re.search(r"^PC \S+ +(\S+) +(\d+) entries(.*) head", site.connector.run("audit", "verify"), re.M)
    told = lab.wait_for("the last entries", lambda: "still" not in verify()[3] and verify(), 30)
    assert told[1] == "ok" and int(told[2]) >= 7, told[0]
    site.desk.stop()
    audit = "(SELECT no FROM records WHERE kind='audit' ORDER BY no"
    for change, broken in ((f"DELETE FROM records WHERE no={audit} LIMIT 1 OFFSET 1)", True),
                           (f"DELETE FROM records WHERE no={audit} DESC LIMIT 1)", False),
                           ("UPDATE agents SET audit_head='" + "0" * 64 + "'", True)):
        with contextlib.closing(sqlite3.connect(site.connector.data / "platen.db", timeout=20)) as db:
            before = db.execute("SELECT * FROM records WHERE kind='audit'").fetchall()
            head = db.execute("SELECT audit_head FROM agents").fetchone()
            with db:
                assert db.execute(change).rowcount == 1
            try:
                out = site.connector.run("audit", "verify")
            except lab.LabError as error:
                assert broken and "chain is broken" in str(error), error
            else:
                assert not broken and "still on the PC" in out, out
            with db:
                db.execute("DELETE FROM records WHERE kind='audit'")
                db.executemany(f"INSERT INTO records VALUES({','.join('?' * len(before[0]))})", before)
                db.execute("UPDATE agents SET audit_head=?", head)
    assert verify()[1] == "ok"
    print(f"audit: {told[2]} entries of the PC agree with its head; left out, cut off and rewritten are seen")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", type=pathlib.Path, required=True)
    build = parser.parse_args().build.resolve()
    with tempfile.TemporaryDirectory(prefix="platen-actions-") as folder:
        profiles = {name: lab.PROFILES / profile for name, profile in PRINTERS.items()}
        with lab.site(build, folder, profiles) as (connector, desk):
            site = Site(connector, desk).find()
            reboots(site)
            test_pages(site)
            idle_only(site)
            audits(site)
    return 0


if __name__ == "__main__":
    lab.terminate_on_signals()
    sys.exit(main())
