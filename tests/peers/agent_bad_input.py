#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every kind of bad input at once against one running agent and its connector: printers with descriptors and 1284 IDs that lie,
HTTP garbage, an XML bomb, PJL that never answers; a wrong token, an expired certificate, a wrong pin, a forged action, a port in
use, an unwritable folder. One clear sentence each; the good printers go on being reported, and nothing of them is lost."""
import argparse
import base64
import contextlib
import hashlib
import json
import pathlib
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools" / "lib"))
sys.path.insert(0, str(ROOT / "tests" / "vprinter"))
import compare  # noqa: E402
import lab  # noqa: E402

HOSTILE = lab.PROFILES.parent / "profiles-hostile"
GOOD = ("ipp-everywhere-ink", "hp-laser-ledm")
ROUNDS = 3  # trays that run empty and are filled while all this happens, per good printer
BOMB = '<?xml version="1.0"?>\n<!DOCTYPE b [<!ENTITY a "boom">' + "".join(
    f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi")) + "]>\n<b>&i;</b>\n"


def changed(folder, name, base, device=None, faults=None, document=None):
    """A printer like `base`, but for what is wrong with it."""
    mine = folder / "profiles" / name
    shutil.copytree(base, mine)
    text = json.loads((mine / "device.json").read_text()) | (device or {})
    (mine / "device.json").write_text(json.dumps(text))
    state = json.loads((mine / "state.json").read_text())
    state["facts"]["identity"]["serial_number"] = {"$text": "BAD########"}
    (mine / "state.json").write_text(json.dumps(state))
    if faults:
        behaviour = json.loads((mine / "behaviour.json").read_text())
        (mine / "behaviour.json").write_text(json.dumps(behaviour | {"faults": faults}))
    if document:
        for file in (mine / "http" / "DevMgmt").glob("*.xml"):
            file.write_text(document)
    return mine


def printers(folder):
    """Name -> profile, and for the bad ones the language whose error says so (None: it is read all the same)."""
    laser, ledm = lab.PROFILES / "brother-laser", HOSTILE / "booting"
    quick = {"pipe": "1-0", "at": 0, "each": True}
    (folder / "profiles").mkdir()
    shutil.copy(lab.PROFILES / "words.json", folder / "profiles")
    healthy = changed(folder, "healthy", ledm)
    (healthy / "behaviour.json").write_text((HOSTILE / "unplugs" / "behaviour.json").read_text())
    bad = {
        "lying-descriptors": (HOSTILE / "lying-lengths", None),
        "id-of-2-bytes": (changed(folder, "id-of-2-bytes", laser, device={"device_id_length": "only"}), "ieee1284"),
        "id-of-64-kib": (changed(folder, "id-of-64-kib", laser, device={"device_id_pad": 65000}), None),
        "http-garbage": (changed(folder, "http-garbage", healthy, faults=[quick | {"do": "garbage", "bytes": 300}]), "ledm"),
        "xml-bomb": (changed(folder, "xml-bomb", healthy, faults=[quick | {"do": "pause", "ms": 1}], document=BOMB), "ledm"),
        "mute-pjl": (changed(folder, "mute-pjl", laser, faults=[quick | {"pipe": "0-0", "do": "silence"}]), "pjl"),
    }
    return {name: lab.PROFILES / name for name in GOOD} | {n: p for n, (p, _) in bad.items()}, {n: e for n, (_, e) in bad.items()}


def agents_printers(desk):
    return json.loads(desk.platen("printers", "--json"))["printers"]


def said_of(desk, truth):
    return compare.match(truth, agents_printers(desk))


def bad_printers(desk, bad):
    for name, language in bad.items():
        truth = desk.truth()[name]

        def told(truth=truth, language=language):
            mine = said_of(desk, truth)
            return mine and (language is None or any(e["source"] == language for e in mine["errors"])) and mine

        mine = lab.wait_for(f"what is said of {name}", told, 60)
        errors = [e["error"] for e in mine["errors"] if e["source"] == language]
        assert len(errors) == (language is not None) and all(e.strip() and "\n" not in e for e in errors), mine["errors"]
        print(f"{name}: {errors[0] if errors else 'read all the same'}", flush=True)


def other_agent(build, folder, name, token):
    """A second agent with a bad token; what its status says in the end."""
    place = folder / name
    place.mkdir()
    (place / "agent.conf").write_text(f"state_dir = {place}/state\nsocket = {place}/agent.sock\ntoken = {token}\n")
    (place / "agent.conf").chmod(0o600)
    agent = subprocess.Popen([build / "agent" / "platen-agent", "--config", place / "agent.conf"], stdout=subprocess.DEVNULL,
                             stderr=subprocess.DEVNULL)

    def said():
        done = subprocess.run([build / "agent" / "platen", "status", "--json", "--socket", place / "agent.sock"],
                              capture_output=True, text=True, check=False)
        return done.returncode == 0 and json.loads(done.stdout)["last_error"]

    try:
        error = lab.wait_for(f"the refusal of the {name}", said, 40)
    finally:
        lab.stop(agent)
    print(f"{name}: {error}", flush=True)
    assert "\n" not in error, error
    return error


def altered(token, **members):
    text = token.removeprefix("plt1.")
    inside = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))) | members
    return "plt1." + base64.urlsafe_b64encode(json.dumps(inside).encode()).decode().rstrip("=")


@contextlib.contextmanager
def expired_server(folder):
    """openssl's server with a certificate of yesterday, of a CA whose pin the token has: (port, pin)."""
    def openssl(*words, stdin=None):
        return subprocess.run(["openssl", *words], input=stdin, capture_output=True, check=True, cwd=folder).stdout

    key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
    openssl("req", "-x509", *key, "-keyout", "ca.key", "-out", "ca.crt", "-subj", "/CN=CA", "-days", "9")
    openssl("req", *key, "-keyout", "old.key", "-out", "old.csr", "-subj", "/CN=localhost")
    (folder / "old.ext").write_text("subjectAltName=DNS:localhost\n")
    openssl("x509", "-req", "-in", "old.csr", "-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial", "-days", "-1", "-out", "old.crt",
            "-extfile", "old.ext")
    public = openssl("pkey", "-pubin", "-outform", "DER", stdin=openssl("x509", "-in", "ca.crt", "-pubkey", "-noout"))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = subprocess.Popen(["openssl", "s_server", "-accept", f"127.0.0.1:{port}", "-cert", "old.crt", "-key", "old.key",
                               "-cert_chain", "ca.crt", "-quiet"], cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield port, "sha256:" + hashlib.sha256(public).hexdigest()
    finally:
        lab.stop(server)


def bad_trust(build, folder, connector):
    wrong = altered(connector.token(), secret=base64.urlsafe_b64encode(bytes(32)).decode().rstrip("="))
    assert "token" in other_agent(build, folder, "wrong token", wrong)
    stranger = altered(connector.token(), pins=["sha256:" + "00" * 32])
    assert "not the server of the enrolment token" in other_agent(build, folder, "wrong pin", stranger)
    with expired_server(folder) as (port, pin):
        late = altered(connector.token(), url=f"https://localhost:{port}", pins=[pin])
        assert "expired" in other_agent(build, folder, "expired certificate", late)


def listed(connector, desk, name):
    """The good printer as the connector has it; None before it does."""
    items = [connector.api("GET", f"/printers/{p['id']}") for p in connector.api("GET", "/printers")["items"]]
    serial = desk.truth()[name]["identity"]["serial_number"]
    return next((p for p in items if p["identity"]["serial_number"] == serial), None)


def forged_action(connector, desk):
    """An action that carries the signature of another: as it lies in the connector's own database."""
    printer = listed(connector, desk, GOOD[0])

    def identify():
        return connector.api("POST", f"/printers/{printer['id']}/actions", {"type": "identify"})["id"]

    def identified():
        return sum(line.get("operation") == "Identify-Printer" for line in desk.asked(GOOD[0]))

    def state(action):
        return connector.api("GET", f"/actions/{action}")["state"]

    genuine = identify()
    lab.wait_for("the genuine action", lambda: state(genuine) == "done", 60)
    before = identified()
    with contextlib.closing(sqlite3.connect(connector.data / "platen.db", timeout=20)) as db:
        db.execute("CREATE TRIGGER forge AFTER INSERT ON actions BEGIN UPDATE actions SET signature = "
                   "(SELECT signature FROM actions ORDER BY no LIMIT 1) WHERE no = NEW.no; END")
        db.commit()
        forged = identify()
        refused = "an action with a wrong signature was refused"
        lab.wait_for("the refusal", lambda: refused in desk.log.read_text(errors="replace"), 30)
        db.execute("DROP TRIGGER forge")
        db.commit()
    assert identified() == before and state(forged) != "done", "a forged action was done"
    print(f"forged action: {refused}", flush=True)


def one_sentence(what, words):
    done = subprocess.run([str(w) for w in words], capture_output=True, text=True, timeout=60, check=False)
    said = done.stderr.strip().splitlines()
    assert done.returncode != 0 and len(said) == 1, f"{what}: exit {done.returncode}: {done.stderr}"
    print(f"{what}: {said[0]}", flush=True)


def bad_places(build, folder, connector):
    serve, agent = build / "connector" / "platen-connector", build / "agent" / "platen-agent"
    subprocess.run([serve, "init", "--data", folder / "second", "--name", "localhost"], check=True, capture_output=True)
    one_sentence("a port in use", [serve, "serve", "--data", folder / "second", "--listen", "127.0.0.1", "--sda-port",
                                   connector.sda_port, "--admin-port", 0])
    one_sentence("an unwritable data folder, connector", [serve, "init", "--data", "/proc/platen", "--name", "localhost"])
    (folder / "nowhere.conf").write_text(f"state_dir = /proc/platen\nsocket = {folder}/nowhere.sock\ndefer_enroll = true\n")
    one_sentence("an unwritable data folder, agent", [agent, "--config", folder / "nowhere.conf"])


def rows(connector):
    with contextlib.closing(sqlite3.connect(f"file:{connector.data}/platen.db?mode=ro", uri=True)) as db:
        return db.execute("SELECT r.kind, r.seq, r.hash FROM records r ORDER BY r.spool_no, r.seq").fetchall()


def trays(connector, desk):
    """One round of a good printer's day: the connector hears that each tray ran empty, and that it was filled."""
    def count(kind):
        return sum(row[0] == kind for row in rows(connector))

    for sign, kind in (("+", "alert.opened"), ("-", "alert.closed")):
        before = count(kind)
        for name in GOOD:
            desk.do("set", name, "state-reason", sign + "media-empty")
        lab.wait_for(f"{len(GOOD)} of {kind}", lambda kind=kind, before=before: count(kind) >= before + len(GOOD), 40)


def nothing_is_lost(connector, desk):
    lab.wait_for("an empty spool", lambda: json.loads(desk.platen("status", "--json"))["spool"]["records"] == 0, 40)
    found = rows(connector)
    seqs, hashes = [row[1] for row in found], [row[2] for row in found]
    assert seqs == list(range(1, len(found) + 1)), f"a record is missing or came twice: {seqs}"
    assert len(set(hashes)) == len(hashes), "a record came twice"
    for kind in ("alert.opened", "alert.closed"):
        mine = sum(row[0] == kind for row in found)
        assert mine >= ROUNDS * len(GOOD), f"{kind}: {mine} of at least {ROUNDS * len(GOOD)}"
    for name in GOOD:
        wrong = compare.printer(desk.truth()[name], listed(connector, desk, name), leaves_pc=True)
        assert not wrong, f"{name}: {wrong}"
    print(f"{len(found)} records, each once, none missing; the good printers are true in the connector", flush=True)


def day(build, folder, connector, desk, bad):
    lab.wait_for("the good printers in the connector", lambda: all(listed(connector, desk, name) for name in GOOD), 90)
    trays(connector, desk)
    bad_printers(desk, bad)
    trays(connector, desk)
    bad_trust(build, folder, connector)
    bad_places(build, folder, connector)
    forged_action(connector, desk)
    trays(connector, desk)
    nothing_is_lost(connector, desk)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", type=pathlib.Path, required=True)
    build = parser.parse_args().build.resolve()
    with tempfile.TemporaryDirectory(prefix="platen-bad-") as folder:
        folder = pathlib.Path(folder)
        everybody, bad = printers(folder)
        with lab.site(build, folder, everybody) as (connector, desk):
            try:
                day(build, folder, connector, desk, bad)
            except BaseException:
                print(desk.log.read_text(errors="replace")[-6000:], connector.log.read_text(errors="replace")[-3000:])
                raise


if __name__ == "__main__":
    main()
