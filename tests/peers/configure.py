#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Settings of printers, from the connector's API to the printer's lasting memory and back, in IPP, LEDM and PJL: what is written is
counted in the virtual printer's own log, what came of it is what the printer says afterwards, and a password is nowhere in clear."""
import argparse
import json
import pathlib
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools" / "lib"))
import lab  # noqa: E402

PRINTERS = {"mfp": "hp-mfp", "ink": "ipp-everywhere-ink", "ledm": "hp-laser-ledm", "jet": "hp-laserjet-pjl",
            "lex": "lexmark-laser", "gdi": "no-serial"}
FINAL = ("done", "failed", "rejected", "expired", "cancelled", "interrupted")
PASSWORD = "CANARY-PASSWORD-lj16"


class Site:
    def __init__(self, connector, desk):
        self.connector, self.desk, self.ids = connector, desk, {}

    def find(self):
        def all_read():
            for name, printer in self.desk.truth().items():
                model = printer["identity"]["model"]
                for item in self.connector.api("GET", "/printers")["items"]:
                    if item["model"] and (item["model"].endswith(model) or model.endswith(item["model"])):
                        self.ids[name] = item["id"]
            return len(self.ids) == len(PRINTERS)
        lab.wait_for("every printer's first reading", all_read, 120)
        lab.wait_for("what each can do", lambda: all(self.printer(n).get("access") for n in PRINTERS), 60)
        return self

    def printer(self, name):
        return self.connector.api("GET", f"/printers/{self.ids[name]}")

    def order(self, name, kind="configure", expect=202, **parameters):
        status, answer = self.connector.call("POST", f"/printers/{self.ids[name]}/actions",
                                             {"type": kind, "parameters": parameters} if parameters else {"type": kind},
                                             self.connector.session)
        assert status == expect, (status, answer)
        return answer

    def ended(self, action):
        def over():
            now = self.connector.api("GET", f"/actions/{action['id']}")
            return now if now["state"] in FINAL and (now["result"] or now["state"] not in ("done", "failed") or
                                                     action["type"] == "probe_now") else None
        return lab.wait_for(f"the end of {action['type']}", over, 60)

    def configure(self, name, settings, state="done", **more):
        end = self.ended(self.order(name, settings=settings, **more))
        assert end["state"] == state, end
        return end, {s["name"]: s for s in (end["result"] or {}).get("settings", [])}

    def writes(self, name):
        return [e for e in self.desk.asked(name) if e["what"] == "nvram"]

    def facts(self, name):
        return json.loads(self.desk.do("settings", name))


def three_languages(site):
    """Each language applies, leaves alone what is so already, and says what it cannot do."""
    for name, means, settings, facts in (
            ("ink", "ipp", {"default_media": "na_letter_8.5x11in", "duplex": "short-edge", "print_quality": "normal"},
             {"media": "na_letter_8.5x11in", "sides": "two-sided-short-edge", "quality": "4"}),
            ("mfp", "ledm", {"sleep_timer_s": "300", "auto_off_s": "3600", "panel_lock": "maximum"},
             {"sleep": "5minutes", "auto_off": "60_minutes", "panel": "locked"}),
            ("jet", "pjl", {"density": "5", "default_media": "iso_a4_210x297mm", "toner_save": "on", "sleep_timer_s": "900"},
             {"density": "5", "paper": "A4", "economode": "ON", "sleep": "15"})):
        before = site.facts(name)
        end, told = site.configure(name, settings)
        assert site.facts(name).items() >= facts.items(), (site.facts(name), facts)
        changed = [s for s in told.values() if s["outcome"] == "applied"]
        assert all(s["means"] == means and s["after"] == s["wanted"] == settings[s["name"]] != s["before"] for s in changed), told
        assert {s["outcome"] for s in told.values()} <= {"applied", "unchanged"} and len(changed) >= 2, told
        assert len(site.writes(name)) == len(changed), site.writes(name)
        end, told = site.configure(name, settings)
        assert {s["outcome"] for s in told.values()} == {"unchanged"}, told
        assert len(site.writes(name)) == len(changed), "what is so already is not written"
        assert before != site.facts(name)
        print(f"{name} by {means}: {len(changed)} written once, none of them twice")


def restart_keeps(site):
    facts = site.facts("ink")
    assert site.ended(site.order("ink", "reboot"))["state"] == "done"
    assert site.facts("ink") == facts
    print("settings outlive the printer's restart")


def honest(site):
    """What a printer does not offer, does not take, or takes in silence and forgets."""
    writes = len(site.writes("jet"))
    end, told = site.configure("jet", {"quiet_mode": "on", "density": "15", "display_language": "de"}, "failed")
    assert told["quiet_mode"]["outcome"] == "unsupported" and told["quiet_mode"]["after"] is None, told
    assert told["density"]["outcome"] == "refused" and told["density"]["after"] == "5", told
    assert "does not take" in told["density"]["reason"]
    assert told["display_language"]["outcome"] == "applied", "what the others want is no reason to leave it"
    assert "2 of 3" in end["message"], end
    assert len(site.writes("jet")) == writes + 1
    site.order("mfp", expect=400, settings={"sleep_timer_s": "soon"})
    site.order("mfp", expect=400, settings={"sleep_timer_s": 900})
    site.order("mfp", expect=400, settings={"factory_reset": "on"})
    site.order("mfp", expect=400, settings={})
    end, told = site.configure("mfp", {"sleep_timer_s": "301"}, "failed")
    assert told["sleep_timer_s"]["outcome"] == "refused", "no half minutes"
    end, told = site.configure("mfp", {"sleep_timer_s": "18000"}, "failed")
    assert told["sleep_timer_s"]["outcome"] == "refused" and told["sleep_timer_s"]["after"] == "300", told
    assert "not offered" not in site.printer("jet")["capabilities"]["actions"]["configure"]
    gdi = site.printer("gdi")["capabilities"]["actions"]["configure"]
    assert not gdi["offered"] and "no setting" in gdi["reason"], gdi
    site.order("gdi", expect=409, settings={"density": "3"})
    print("unsupported, refused and impossible are told, each with its reason")


def passwords(site, folder):
    """A locked printer: without its password, with a wrong one, with the right one; nowhere in clear."""
    for name, setting, value, right, wrong in (("ledm", "sleep_timer_s", "600", PASSWORD, "CANARY-PASSWORD-wrong"),
                                               ("lex", "density", "3", "4711", "4712")):
        for password in (None, wrong):
            more = {"password": password} if password else {}
            end, told = site.configure(name, {setting: value}, "failed", **more)
            assert told[setting]["outcome"] == "refused" and told[setting]["reason"], told
        assert site.writes(name) == []
        end, told = site.configure(name, {setting: value}, password=right)
        assert told[setting]["outcome"] == "applied" and len(site.writes(name)) == 1, told
        assert "password" not in json.dumps(end["parameters"]), end["parameters"]
    found = []
    for path in sorted(folder.rglob("*")):
        if path.is_file() and "spool/ledm" not in str(path):  # the printer itself, which is told it
            data = path.read_bytes()
            found += [str(path) for word in (PASSWORD, "CANARY-PASSWORD-wrong") if word.encode() in data]
    assert not found, found
    print("a password opens the printer and is in no file of connector or agent")


def only_idle(site):
    site.desk.do("set", "mfp", "state.printer_state", '"processing"')
    writes = len(site.writes("mfp"))
    end = site.ended(site.order("mfp", settings={"sleep_timer_s": "120"}))
    assert end["state"] == "rejected" and "job" in end["message"], end
    assert len(site.writes("mfp")) == writes
    site.desk.do("set", "mfp", "state.printer_state", '"idle"')
    print("nothing is written while a job runs")


def drift(site):
    """Wanted for a tag and for one printer; changed at the printer's panel: seen, told, put right, and never by itself."""
    api, mfp = site.connector.api, site.ids["mfp"]
    customer = site.printer("mfp")["site"]["customer_id"]

    def settings():
        return {s["name"]: s for s in api("GET", f"/printers/{mfp}/settings")["items"]}

    def attention():
        return [a["description"] for a in api("GET", "/overview")["attention"] if a["kind"] == "drift"]

    assert settings()["quiet_mode"]["reason"], "what it cannot do is said"
    api("PUT", "/setting-rules", {"customer_id": customer, "tag": "lobby", "settings": {"sleep_timer_s": "300", "duplex": "off"}})
    assert not settings()["sleep_timer_s"]["wanted"]
    api("PATCH", f"/printers/{mfp}", {"tags": ["lobby"]})
    api("PUT", f"/printers/{mfp}/settings", {"settings": {"duplex": "long-edge"}})
    now = settings()
    assert now["duplex"]["by"] == "printer" and not now["duplex"]["drift"], "the printer's own wish counts more than its tag's"
    assert now["sleep_timer_s"]["tag"] == "lobby" and not now["sleep_timer_s"]["drift"] and attention() == [], now
    writes = len(site.writes("mfp"))
    site.desk.do("set", "mfp", "settings.sleep", '"20minutes"')
    site.ended(site.order("mfp", "probe_now"))
    lab.wait_for("the drift", lambda: settings()["sleep_timer_s"]["drift"], 20)
    assert settings()["sleep_timer_s"]["value"] == "1200" and attention() == ["1 setting is not as wanted"], attention()
    rules = api("GET", "/setting-rules")["items"]
    assert rules[0]["printers"] == 1 and rules[0]["drifting"] == 1 and rules[0]["settings"]["sleep_timer_s"] == "300", rules
    assert len(site.writes("mfp")) == writes, "nothing is written unless somebody asks"
    end, told = site.configure("mfp", {"sleep_timer_s": "300"})
    assert told["sleep_timer_s"]["before"] == "1200" and told["sleep_timer_s"]["outcome"] == "applied"
    lab.wait_for("its end", lambda: not settings()["sleep_timer_s"]["drift"] and attention() == [], 20)
    api("PUT", "/setting-rules", {"customer_id": customer, "tag": "lobby", "settings": {}})
    assert not settings()["sleep_timer_s"]["wanted"] and api("GET", "/setting-rules")["items"] == []
    print("drift from a tag's wish is seen, told in the overview, put right when asked, and never by itself")


def wear(site):
    """Somebody sets it back each time: after six writes in a day the printer's memory is spared."""
    for i in range(7):
        site.desk.do("set", "ink", "settings.quality", '"4"')
        end = site.ended(site.order("ink", settings={"print_quality": "high"}))
        if i < 6:
            assert end["state"] == "done", end
    assert end["state"] == "failed" and "too often" in end["result"]["settings"][0]["reason"], end
    assert sum(1 for e in site.writes("ink") if e["name"] == "print-quality-default") == 6
    print("the seventh write of one setting in a day is refused")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", type=pathlib.Path, required=True)
    build = parser.parse_args().build.resolve()
    with tempfile.TemporaryDirectory(prefix="platen-configure-") as folder:
        profiles = {name: lab.PROFILES / profile for name, profile in PRINTERS.items()}
        with lab.site(build, folder, profiles, trace_outgoing="true", log_level="debug") as (connector, desk):
            site = Site(connector, desk).find()
            three_languages(site)
            restart_keeps(site)
            honest(site)
            passwords(site, pathlib.Path(folder))
            only_idle(site)
            drift(site)
            wear(site)
    return 0


if __name__ == "__main__":
    lab.terminate_on_signals()
    sys.exit(main())
