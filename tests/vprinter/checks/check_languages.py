#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The printers' truth is what they tell: every field that `dump` says a language tells is read from that language by a
decoder that is not Platen's, and equals the dump; every field that it does not tell is not there. So it is at the start, and
after each of twenty changes of one fact. LEDM documents are well-formed to xmllint."""
import random
import shutil
import subprocess

import bench
import compare
import decoders

PJL = ("INFO ID", "INFO STATUS", "INFO PAGECOUNT", "INFO PRODINFO", "INFO SUPPLIES")
DOCUMENTS = ("DiscoveryTree", "ProductConfigDyn", "ProductStatusDyn", "ProductUsageDyn", "ConsumableConfigDyn",
             "MediaHandlingDyn", "NetAppsDyn")
random.seed(7)


def read_ledm(name):
    return decoders.read_ledm(lambda path: bench.fetch(name, path), bench.words_of(name))


def read_ipp(name):
    return decoders.read_ipp(decoders.decode_ipp(bench.ipp(name, decoders.encode_ipp(0x000b))))


def read_pjl(name):
    return decoders.read_pjl(decoders.answers(bench.ask_pjl(name, *PJL)), bench.words_of(name))


def read_1284(name):
    return decoders.read_1284(bench.usb(name, "id", 0, 0)[2:].decode(), bench.words_of(name))


def read_usb(name):
    serial = (bench.device(name) / "serial").read_text().strip()
    s = decoders.empty()
    s["identity"]["serial_number"] = serial.removeprefix("00") if name == "hp-mfp" else serial
    return s


READERS = {"ledm": read_ledm, "ipp": read_ipp, "pjl": read_pjl, "ieee1284": read_1284, "usb": read_usb}
SPEAKS = {"hp-mfp": ("ledm", "ipp", "pjl", "ieee1284", "usb"), "brother-laser": ("pjl", "ieee1284", "usb"),
          "inkjet-idonly": ("ieee1284", "usb")}


def differences(name):
    """What the languages say against what the printer is, each language on its own."""
    found = []
    for language in SPEAKS[name]:
        truth = bench.dump(name)  # before asking: a question may wake the printer
        have = READERS[language](name)
        found += [f"{name} in {language}: {d}" for d in compare.printer(truth, have, languages=[language])]
    return found


def change(name):
    """One fact becomes another; returns what was done."""
    changes = [("print", str(random.randint(1, 40)))]
    if name == "hp-mfp":
        changes += [("print", "7", "color"), ("toner", "cyan", str(random.randint(0, 100))), ("set", "firmware", "20991231"),
                    ("set", "counters.scans", str(random.randint(6000, 7000))), ("set", "counters.faxes", "4711"),
                    ("set", "media.0.capacity", str(random.randint(100, 500)))]
    if name == "brother-laser":
        changes += [("toner", "black", str(random.randint(0, 100)))]
    if name == "inkjet-idonly":
        changes += [("toner", "cyan-magenta-yellow", str(random.randint(0, 100)))]
    changes += [("set", "state-reason", "+media-empty"), ("set", "state-reason", "+cover-open"), ("jam",), ("clear",),
                ("set", "serial", f"SN{random.randint(10000, 99999)}XYZ"), ("sleep",), ("wake",)]
    words = random.choice(changes)
    bench.do(words[0], name, *words[1:])
    if words[:2] == ("set", "serial"):  # the kernel reads strings when a device comes
        bench.do("unplug", name)
        bench.do("plug", name)
    return " ".join(words)


def main():
    found = []
    for name in SPEAKS:
        found += differences(name)
        for _ in range(20):
            what = change(name)
            found += [f"after {what}: {d}" for d in differences(name)]
        bench.do("clear", name)
    if shutil.which("xmllint"):
        for document in DOCUMENTS:
            xml = bench.fetch("hp-mfp", f"/DevMgmt/{document}.xml")
            subprocess.run(["xmllint", "--noout", "-"], input=xml, check=True)
    print("\n".join(found) or "every language tells the truth")
    return bool(found)


if __name__ == "__main__":
    raise SystemExit(main())
