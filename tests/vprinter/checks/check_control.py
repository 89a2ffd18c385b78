#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The control language does what it says, and says what is wrong; the command line's `do` speaks it."""
import json
import subprocess

import bench


def refused(*words):
    try:
        bench.do(*words)
    except bench.Refused as e:
        return str(e)
    raise AssertionError(f"{words} was not refused")


def cli(*words):
    done = subprocess.run([bench.VPRINTER, "--control", bench.CONTROL, "do", *words], capture_output=True, text=True,
                          check=False)
    return done.returncode, done.stdout, done.stderr


def counters_and_supplies():
    before = bench.dump("hp-mfp")
    bench.do("print", "hp-mfp", "10", "color")
    after = bench.dump("hp-mfp")
    for name, more in (("impressions", 10), ("impressions_color", 10), ("impressions_monochrome", 0), ("sheets_duplex", 3)):
        assert after["counters"][name] == before["counters"][name] + more, name
    assert after["counters"]["sheets"] is None
    assert after["supplies"][1]["level"] == before["supplies"][1]["level"] - 1
    assert after["supplies"][3]["level"] is None
    bench.do("toner", "hp-mfp", "black", "4")
    now = bench.dump("hp-mfp")
    assert now["supplies"][0]["level_percent"] == 4 and now["supplies"][0]["state"] == "low"
    assert now["state"]["reasons"] == ["toner-low-warning"] and now["state"]["printer_state"] == "idle"
    bench.do("toner", "hp-mfp", "black", "0")
    assert bench.dump("hp-mfp")["state"]["printer_state"] == "stopped"
    bench.do("toner", "hp-mfp", "black", "100")
    assert bench.dump("hp-mfp")["state"]["reasons"] == []


def trouble():
    jams = bench.dump("hp-mfp")["counters"]["jams"]
    bench.do("jam", "hp-mfp")
    now = bench.dump("hp-mfp")
    assert now["counters"]["jams"] == jams + 1 and now["state"]["reasons"] == ["media-jam-error"]
    assert now["alerts"][0] == {"code": "jam", "severity": "critical", "group": "mediaPath"}
    bench.do("set", "hp-mfp", "state-reason", "+media-low-report")
    assert "media-low-report" in bench.dump("hp-mfp")["state"]["reasons"]
    bench.do("set", "hp-mfp", "state-reason", "-media-low")
    bench.do("clear", "hp-mfp")
    assert bench.dump("hp-mfp")["state"] | {"message": None} == {
        "printer_state": "idle", "asleep": False, "reasons": [], "message": None}


def plugging():
    first = bench.dump("inkjet-idonly")["usb"]["address"]
    assert [p["plugged"] for p in json.loads(bench.do("list"))] == [True, True, False]
    bench.do("unplug", "hp-mfp")
    bench.do("unplug", "hp-mfp")
    assert len(json.loads(bench.do("dump"))["printers"]) == 1
    bench.do("plug", "inkjet-idonly")
    assert bench.dump("inkjet-idonly")["usb"]["address"] > first
    bench.do("plug", "hp-mfp")
    assert {p["name"] for p in json.loads(bench.do("dump"))["printers"]} == {"hp-mfp", "brother-laser", "inkjet-idonly"}


def facts():
    bench.do("set", "hp-mfp", "firmware", "99999999")
    bench.do("set", "hp-mfp", "counters.scans", "123456")
    bench.do("set", "hp-mfp", "supplies.1.level", "7")
    bench.do("set", "hp-mfp", "location", "a b 'c'")
    now = bench.dump("hp-mfp")
    assert now["identity"]["firmware"] == 99999999 or now["identity"]["firmware"] == "99999999"
    assert now["counters"]["scans"] == 123456
    assert now["supplies"][1]["state"] == "low" and "toner-low-warning" in now["state"]["reasons"]
    assert b"a b 'c'" in bench.fetch("hp-mfp", "/")


def errors():
    assert refused("plug", "nobody") == 'no printer is called "nobody"'
    assert refused("print", "hp-mfp") == "usage: print NAME PAGES [color]"
    assert refused("print", "hp-mfp", "many") == "say how many pages"
    assert refused("set", "hp-mfp", "no.such", "1") == 'this printer has no fact "no.such"'
    assert refused("set", "hp-mfp", "state-reason", "media-empty") == "say +REASON or -REASON"
    assert refused("toner", "hp-mfp", "pink", "3") == "this printer has no pink"
    assert "there are plug unplug" in refused("dance")
    assert "there are plug unplug" in refused("")
    code, out, err = cli("toner", "hp-mfp", "pink", "3")
    assert (code, out, err) == (1, "", "platen-vprinter: error: this printer has no pink\n")
    code, out, err = cli("dump", "hp-mfp")
    assert code == 0 and err == "" and json.loads(out)["name"] == "hp-mfp"
    assert subprocess.run([bench.VPRINTER, "--control", "/nonexistent", "do", "list"], capture_output=True,
                          check=False).returncode == 1
    assert subprocess.run([bench.VPRINTER, "--profile", "/nonexistent", "--", "true"], capture_output=True,
                          check=False).returncode == 1
    assert subprocess.run([bench.VPRINTER, "--frob", "1"], capture_output=True, check=False).returncode == 2


def lies():
    bench.do("lie", "hp-mfp", "ledm", "counters.scans", "42")
    assert bench.dump("hp-mfp")["counters"]["scans"] == 123456
    assert b">42<" in bench.fetch("hp-mfp", "/DevMgmt/ProductUsageDyn.xml")
    bench.do("honest", "hp-mfp")
    assert b">123456<" in bench.fetch("hp-mfp", "/DevMgmt/ProductUsageDyn.xml")
    assert refused("lie", "hp-mfp", "latin", "counters.scans", "1") == "the languages are ledm ipp pjl ieee1284 usb"
    assert refused("lie", "hp-mfp", "ipp", "no.such", "1") == 'this printer has no fact "no.such"'


def round_the_bus():
    """127 addresses on a bus: they are given again, but never twice at a time."""
    others = {bench.dump(name)["usb"]["address"] for name in ("hp-mfp", "brother-laser")}
    seen = []
    for _ in range(130):
        bench.do("unplug", "inkjet-idonly")
        bench.do("plug", "inkjet-idonly")
        seen.append(bench.dump("inkjet-idonly")["usb"]["address"])
    assert not others & set(seen) and min(seen) >= 2 and max(seen) == 127 and len(set(seen)) == 126 - len(others), seen


def exit_codes():
    profile = str(bench.PROFILES / "inkjet-idonly")
    for command, code in ((["true"], 0), (["sh", "-c", "exit 42"], 42), (["sh", "-c", "kill -9 $$"], 137),
                          (["/nonexistent"], 127)):
        done = subprocess.run([bench.VPRINTER, "--profile", profile, "--", *command], capture_output=True, check=False)
        assert done.returncode == code, (command, done.returncode, done.stderr)
    same = [subprocess.run([bench.VPRINTER, "--seed", seed, "--profile", "x=" + profile, "--", "sh", "-c",
                            "cat /sys/bus/usb/devices/1-1/serial"], capture_output=True, check=True).stdout
            for seed in ("1", "1", "2")]
    assert same[0] == same[1] != same[2]


def main():
    counters_and_supplies()
    trouble()
    plugging()
    facts()
    errors()
    lies()
    round_the_bus()
    exit_codes()
    events = [e["what"] for e in bench.log("hp-mfp")]
    assert events.count("plug") == 2 and events.count("unplug") == 1
    print("control: ok")


if __name__ == "__main__":
    main()
