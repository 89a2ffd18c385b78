# SPDX-License-Identifier: Apache-2.0
"""What a printer says, read by other means than Platen's: ElementTree, and small readers for IPP, PJL and 1284 IDs.

Each read_…() returns the snapshot that follows from one language alone, in the terms of platen.snapshot/1. The words that
printers use for reasons come from their profile (words.json); everything else is read from the bytes.
"""
import re
import struct
import xml.etree.ElementTree as ET

COLORANTS = {"K": "black", "C": "cyan", "M": "magenta", "Y": "yellow"}
SEVERITIES = {"Error": "critical", "Warning": "warning", "Info": "report"}
SUFFIX = {"critical": "error", "warning": "warning", "report": "report"}
STATES = {3: "idle", 4: "processing", 5: "stopped"}


def empty():
    return {"identity": {}, "state": {"printer_state": None, "asleep": None, "reasons": []}, "supplies": [],
            "counters": {}, "media": [], "alerts": []}


def supply(index, **more):
    return {"index": index, "class": "consumed", "unit": "percent", "max_capacity": 100, **more}


def settle(row, low=None):
    """A state that follows from a level: by the printer's mark, or, where it tells none, nothing but that it is empty."""
    if row.get("level") is not None:
        row["level_percent"] = row["level"]
        if row["level"] <= 0:
            row.setdefault("state", "empty")
        elif low is not None:
            row.setdefault("state", "low" if row["level"] <= low else "ok")


# --- LEDM ---

def local(element):
    return element.tag.rsplit("}", 1)[-1]


def child(element, *path):
    """A direct child by local name, and on from there."""
    for name in path:
        element = next((c for c in element if local(c) == name), None) if element is not None else None
    return element


def value(element, *path):
    found = child(element, *path)
    return found.text.strip() if found is not None and found.text else None


def children(element, name):
    return [c for c in element if local(c) == name]


def number(element, *path):
    found = value(element, *path)
    return int(found) if found is not None else None


def read_ledm(fetch, words):
    """fetch(path) gives the bytes of a document."""
    s = empty()
    info = child(ET.fromstring(fetch("/DevMgmt/ProductConfigDyn.xml")), "ProductInformation")
    make, _, model = value(info, "MakeAndModel").partition(" ")
    s["identity"] = {"make": make, "model": model, "serial_number": value(info, "SerialNumber"),
                     "uuid": value(info, "UUID"), "firmware": value(info, "Version", "Revision")}
    read_ledm_status(s, ET.fromstring(fetch("/DevMgmt/ProductStatusDyn.xml")), words)
    read_ledm_usage(s, ET.fromstring(fetch("/DevMgmt/ProductUsageDyn.xml")))
    for row in children(ET.fromstring(fetch("/DevMgmt/ConsumableConfigDyn.xml")), "ConsumableInfo"):
        read_ledm_supply(s, row)
    for tray in children(ET.fromstring(fetch("/DevMgmt/MediaHandlingDyn.xml")), "InputTray"):
        s["media"].append({"name": value(tray, "InputBin"), "size": value(tray, "MediaSizeName"), "level": None,
                           "level_code": {"loaded": -3}.get(value(tray, "MediaState")),
                           "capacity": number(tray, "Capacity", "MaxCapacity")})
    return s


def read_ledm_status(s, root, words):
    by_word = {w["ledm"]: name for name, w in words["reasons"].items() if "ledm" in w}
    by_state = {w["ledm"]: name for name, w in words["states"].items() if "ledm" in w}
    category = value(root, "Status", "StatusCategory")
    s["state"]["message"] = value(root, "Status", "LocString")
    s["state"]["asleep"] = by_state.get(category) == "asleep"
    for alert in children(child(root, "AlertTable"), "Alert"):
        name = value(alert, "ProductStatusAlertID")
        consumable = value(alert, "AlertDetails", "AlertDetailsConsumableTypeEnum")
        severity = SEVERITIES[value(alert, "Severity")]
        reason = next((r for r, w in words["reasons"].items()
                       if w.get("ledm") == name and w.get("ledm_consumable") == consumable), None)
        if reason:
            s["state"]["reasons"].append(f"{reason}-{SUFFIX[severity]}")
            s["alerts"].append({"code": words["reasons"][reason]["alert"], "severity": severity})
    if category in by_word:
        s["state"]["printer_state"] = "stopped"
    elif by_state.get(category) == "asleep":
        stopped = any(a["severity"] == "critical" for a in s["alerts"])
        s["state"]["printer_state"] = "stopped" if stopped else "idle"
    else:
        s["state"]["printer_state"] = by_state[category]


def read_ledm_usage(s, root):
    printer = child(root, "PrinterSubunit")
    s["counters"] = {
        "impressions": number(printer, "TotalImpressions"),
        "impressions_color": number(printer, "ColorImpressions"),
        "impressions_monochrome": number(printer, "MonochromeImpressions"),
        "sheets_duplex": number(printer, "DuplexSheets"),
        "jams": number(printer, "JamEvents"),
        "scans": number(root, "ScannerEngineSubunit", "ScanImages"),
        "copies": number(root, "CopyApplicationSubunit", "TotalImpressions"),
        "faxes": number(root, "FaxApplicationSubunit", "TotalImpressions"),
    }


def read_ledm_supply(s, row):
    if value(row, "ConsumableTypeEnum") == "printhead":
        return
    measured = value(row, "ConsumableLifeState", "MeasuredQuantityState") != "unknown"
    level = number(row, "ConsumablePercentageLevelRemaining")
    out = supply(len(s["supplies"]) + 1, type=value(row, "ConsumableTypeEnum"),
                 colorant=COLORANTS[value(row, "ConsumableLabelCode")], level=level if level or measured else None,
                 level_code=None if level or measured else -2, level_percent=None,
                 description=value(row, "ConsumableSelectibilityNumber"), part_number=value(row, "ProductNumber"),
                 serial_number=value(row, "SerialNumber"), state=value(row, "ConsumableLifeState", "ConsumableState"))
    settle(out, 0)
    s["supplies"].append(out)


# --- IPP ---

def encode_ipp(operation, *attributes):
    """A request: Get-Printer-Attributes is 0x000b. `attributes` are (tag, name, value)."""
    out = struct.pack(">BBHI", 2, 0, operation, 1) + b"\x01"
    base = [(0x47, "attributes-charset", "utf-8"), (0x48, "attributes-natural-language", "en"),
            (0x45, "printer-uri", "ipp://localhost/ipp/print")]
    for tag, name, text in [*base, *attributes]:
        out += struct.pack(">BH", tag, len(name)) + name.encode() + struct.pack(">H", len(text)) + text.encode()
    return out + b"\x03"


def decode_ipp(data):
    """{name: [value]} of an answer, collections left out; RFC 8010. Also its status under ""."""
    out, name, at, depth = {"": [struct.unpack(">H", data[2:4])[0]]}, None, 8, 0
    while data[at] != 3:
        tag = data[at]
        at += 1
        if tag < 0x10:
            continue
        n = struct.unpack(">H", data[at:at + 2])[0]
        key = data[at + 2:at + 2 + n].decode()
        at += 2 + n
        n = struct.unpack(">H", data[at:at + 2])[0]
        raw = data[at + 2:at + 2 + n]
        at += 2 + n
        depth += (tag == 0x34) - (tag == 0x37)
        if depth or tag == 0x37:
            continue
        if key:
            name = key
            out[name] = []
        if tag in (0x21, 0x23):
            out[name].append(struct.unpack(">i", raw)[0])
        elif tag == 0x22:
            out[name].append(raw == b"\x01")
        elif tag == 0x30 or tag >= 0x40:
            out[name].append(raw.decode())
        else:
            out[name].append(raw)
    return out


def fields(text):
    """"a=1;b=2;" -> {"a": "1", "b": "2"}"""
    return dict(f.split("=", 1) for f in text.split(";") if "=" in f)


def count(text):
    n = int(text)
    return (n, None) if n >= 0 else (None, n)


def read_ipp(a):
    """`a` is what decode_ipp() gave."""
    s = empty()
    one = {name: values[0] for name, values in a.items() if values}
    make, _, model = one["printer-make-and-model"].partition(" ")
    s["identity"] = {"make": make, "model": model, "uuid": one["printer-uuid"],
                     "firmware": one["printer-firmware-string-version"]}
    s["state"] = {"printer_state": STATES[one["printer-state"]], "asleep": None, "message": one["printer-state-message"],
                  "reasons": [r for r in a["printer-state-reasons"] if r != "none"]}
    for i, text in enumerate(a["printer-supply"]):
        f = fields(text)
        level, code = count(f["level"])
        row = supply(int(f["index"]), type=f["type"], colorant=f["colorantname"], level=level, level_code=code,
                     level_percent=None, description=a["printer-supply-description"][i])
        row["class"] = {"supplyThatIsConsumed": "consumed", "receptacleThatIsFilled": "filled"}[f["class"]]
        settle(row, a["marker-low-levels"][i])
        s["supplies"].append(row)
    s["counters"] = {"impressions": one.get("printer-impressions-completed")}
    for text in a.get("printer-input-tray", []):
        f = fields(text)
        level, code = count(f["level"])
        size = {("210000", "297000"): "iso_a4_210x297mm",
                ("215900", "279400"): "na_letter_8.5x11in"}[f["mediaxfeed"], f["mediafeed"]]
        s["media"].append({"name": f["name"], "level": level, "level_code": code, "capacity": int(f["maxcapacity"]),
                           "size": size})
    s["alerts"] = [{"code": f["code"], "severity": f["severity"]} for f in map(fields, a.get("printer-alert", []))]
    return s


# --- PJL ---

def answers(data):
    """The answers in what a print pipe said: {command line: [line]}."""
    out = {}
    for part in data.decode().split("\f"):
        lines = part.strip("\r\n").split("\r\n")
        if lines and lines[0]:
            out[lines[0].removeprefix("@PJL ")] = lines[1:]
    return out


def read_pjl(a, words):
    """`a` is what answers() gave."""
    s = empty()
    by_code = {w["pjl_code"]: name for name, w in words["reasons"].items() if "pjl_code" in w}
    by_state = {w["pjl_code"]: name for name, w in words["states"].items()}
    head, *rest = a["INFO ID"][0].strip('"').split(":")
    s["identity"]["make"], _, s["identity"]["model"] = head.partition(" ")
    for part in rest:
        if part.startswith("Ver"):
            s["identity"]["firmware"] = part[3:]
    product = dict(line.split("=", 1) for line in a.get("INFO PRODINFO", []) if "=" in line)
    if "ProductSerialNumber" in product:
        s["identity"] |= {"serial_number": product["ProductSerialNumber"], "firmware": product["FirmwareDateCode"]}
    status = dict(line.split("=", 1) for line in a["INFO STATUS"])
    code = int(status["CODE"])
    asleep = by_state.get(code) == "asleep"
    s["state"]["asleep"] = asleep
    if code in by_code:
        s["state"]["reasons"] = [by_code[code]]
        s["alerts"] = [{"code": words["reasons"][by_code[code]]["alert"]}]
    if not asleep:
        idle = by_state.get(code, "idle")
        s["state"]["printer_state"] = idle if status["ONLINE"] == "TRUE" else "stopped"
    s["counters"]["impressions"] = int(a["INFO PAGECOUNT"][0].removeprefix("PAGECOUNT="))
    for line in a.get("INFO SUPPLIES", []):
        m = re.fullmatch(r"(\w+) TONER=(\d+)%", line)
        if m:
            row = supply(len(s["supplies"]) + 1, type="toner", colorant=m[1].lower(), level=int(m[2]))
            settle(row)
            if by_code.get(code) == "toner-low":  # it has one toner
                row["state"] = "low"
            s["supplies"].append(row)
    return s


# --- IEEE 1284 ---

def id_fields(text):
    return dict(f.split(":", 1) for f in text.split(";") if ":" in f)


def read_1284(text, words):
    s = empty()
    f = id_fields(text)
    public = ";".join(f"{k}:{f[k]}" for k in ("MFG", "MDL", "CMD", "CLS", "SN") if k in f) + ";"
    s["identity"] = {"make": f["MFG"], "model": f["MDL"].removeprefix(f["MFG"] + " "), "serial_number": f.get("SN"),
                     "device_id": public}
    if "VSTATUS" in f:
        read_vstatus(s, f["VSTATUS"].split(","), words)
    return s


def read_vstatus(s, parts, words):
    by_word = {w["vstatus"]: name for name, w in words["reasons"].items() if "vstatus" in w}
    by_state = {w["vstatus"]: name for name, w in words["states"].items()}
    word = parts[3]
    reason = "cover-open" if parts[2] == "UP" else by_word.get(word) if by_state.get(word) in (None, "stopped") else None
    s["state"]["asleep"] = by_state.get(word) == "asleep"
    if reason:
        s["state"]["reasons"] = [reason]
        s["alerts"] = [{"code": words["reasons"][reason]["alert"]}]
    if not s["state"]["asleep"]:
        s["state"]["printer_state"] = "stopped" if word not in by_state else by_state[word]
    for prefix, colorant in (("KP", "black"), ("CP", "cyan-magenta-yellow")):
        level = next(int(p[2:]) for p in parts if p.startswith(prefix) and p[2:].isdigit())
        row = supply(len(s["supplies"]) + 1, type="inkCartridge", colorant=colorant, level=level)
        settle(row)
        s["supplies"].append(row)
