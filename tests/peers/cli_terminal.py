#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`platen` as a person meets it: on a terminal with its width and colours, in a pipe, followed with --watch, and completed by a real bash and
a real zsh. The agent is the real one; a printer has a name of wide characters.
"""
import argparse
import json
import os
import pathlib
import pty
import re
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unicodedata

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools" / "lib"))
import lab  # noqa: E402

COMPLETION = ROOT / "installer" / "linux" / "completion"
NAME = "京セラ複合機二階の廊下にあるプリンター"
ESCAPE = "\x1b["
# Completes by the real program, but tells what it would have done instead of doing it.
WRAPPER = """#!/bin/sh
case "$1 $*" in --help*|*" --json") exec "{program}" "$@" --socket "{socket}" ;; esac
echo "RAN:" "$@"
"""


class Terminal:
    """A program on a terminal of its own."""

    def __init__(self, command, env):
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.execvpe(command[0], command, env)
        self.text = ""

    def read(self, seconds):
        """What came; None: the program has ended."""
        if not select.select([self.fd], [], [], seconds)[0]:
            return ""
        try:
            data = os.read(self.fd, 65536)
        except OSError:
            return None
        self.text += data.decode(errors="replace")
        return data or None

    def expect(self, pattern, seconds=30):
        by, begin = time.monotonic() + seconds, len(self.text)
        while not (found := re.search(pattern, self.text)):
            if self.read(0.2) is None or time.monotonic() > by:
                raise lab.LabError(f"{pattern!r} did not appear: {self.text[begin:][-1500:]!r}")
        self.text = self.text[found.end():]
        return found

    def send(self, text):
        os.write(self.fd, text.encode())

    def end(self):
        """Reads to the end: (exit code, all of the text)."""
        while self.read(30) not in (None, ""):
            pass
        code = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        os.close(self.fd)
        return code, self.text


class Person:
    def __init__(self, build, desk):
        self.program, self.desk = str(build / "agent" / "platen"), desk
        self.env = {**os.environ, "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "TERM": "xterm-256color"}
        for name in ("NO_COLOR", "COLUMNS"):
            self.env.pop(name, None)

    def words(self, *verb):
        return [self.program, *verb, "--socket", str(self.desk.socket)]

    def on_terminal(self, *verb, **env):
        code, text = Terminal(self.words(*verb), {**self.env, **env}).end()
        assert code == 0, f"exit {code}: {text}"
        return text.replace("\r\n", "\n")

    def in_pipe(self, *verb, **env):
        return subprocess.run(self.words(*verb), capture_output=True, text=True, env={**self.env, **env}, timeout=30, check=True).stdout


def two_printers(person):
    """What the agent says of its printers once it has read both."""
    found = json.loads(person.in_pipe("printers", "--json"))["printers"]
    return found if len(found) == 2 and all(p.get("snapshot", p).get("identity", {}).get("model") for p in found) else None


def columns(text):
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 0 if unicodedata.combining(c) else 1 for c in text)


def fits(person):
    wide = person.in_pipe("printers")
    assert NAME in wide, f"in a pipe nothing is cut: {wide}"
    for width in (56, 61, 80, 120):
        text = person.on_terminal("printers", COLUMNS=str(width))
        lines = re.sub(r"\x1b\[[0-9;]*m", "", text).splitlines()
        assert len(lines) == 1 + 2, text
        assert max(map(columns, lines)) <= width, f"{width} columns: {[columns(line) for line in lines]}: {text}"
        starts = {columns(re.split(r"\b(?:STATE|idle)\b", line)[0]) for line in lines}
        assert len(starts) == 1, f"the columns are not below each other: {starts}: {text}"
    assert person.in_pipe("printers", COLUMNS="56") == wide, "COLUMNS is for terminals"
    assert columns(max(person.on_terminal("printers", COLUMNS="nonsense", NO_COLOR="1").splitlines(), key=columns)) <= 80
    print("tables fit 56, 61, 80 and 120 columns, wide characters and all; in a pipe nothing is cut")


def colours(person):
    for verb in (("printers",), ("status",), ("doctor",)):
        run = person.on_terminal if verb != ("doctor",) else lambda *v, **e: Terminal(person.words(*v), {**person.env, **e}).end()[1]
        assert ESCAPE in run(*verb), f"{verb}: colours on a terminal"
        assert ESCAPE not in run(*verb, NO_COLOR="1"), f"{verb}: NO_COLOR"
        assert ESCAPE not in run(*verb, TERM="dumb"), f"{verb}: a dumb terminal"
        assert ESCAPE in run(*verb, NO_COLOR=""), f"{verb}: an empty NO_COLOR is none"
    for verb in ("printers", "status"):
        assert ESCAPE not in person.in_pipe(verb), f"{verb}: no colours in a pipe"
        json.loads(person.on_terminal(verb, "--json"))
    print("colours only on a terminal that has them, and not where NO_COLOR asks for none; --json is JSON there, too")


def watched(person):
    seen = Terminal(person.words("status", "--watch"), person.env)
    for _ in range(3):
        seen.expect(re.escape("\x1b[H\x1b[2J"))
    os.kill(seen.pid, signal.SIGINT)
    assert seen.end()[0] == 0, "an interrupt is how --watch ends, not a failure"
    reader = subprocess.Popen(person.words("printers", "--json", "--watch"), stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=person.env)
    reader.stdout.readline()
    reader.stdout.close()
    assert reader.wait(30) in (0, 1, -signal.SIGPIPE), "whoever is read by nobody ends"
    reader.stderr.close()
    print("--watch: shown again and again until interrupted, ended with its reader")


SHELLS = {
    "bash": (["bash", "--norc", "--noprofile", "-i"], "PS1='$ '; bind 'set bell-style none'; source {folder}/platen.bash; echo READ''Y\n"),
    "zsh": (["zsh", "-f", "-i"], "PS1='$ '; unsetopt beep; fpath=({folder} $fpath); autoload -U compinit; compinit -u -D; echo READ''Y\n"),
}


def completed(person, shell, folder, key):
    bin_folder = folder / "bin"
    bin_folder.mkdir(exist_ok=True)
    (bin_folder / "platen").write_text(WRAPPER.format(program=person.program, socket=person.desk.socket))
    (bin_folder / "platen").chmod(0o755)
    (folder / "my-ca.pem").touch()
    command, set_up = SHELLS[shell]
    seen = Terminal(command, {**person.env, "TERM": "dumb", "COLUMNS": "200", "HOME": str(folder), "PATH": f"{bin_folder}:{os.environ['PATH']}"})
    seen.send(set_up.format(folder=COMPLETION))
    seen.expect("READY\r?\n")
    for typed, wanted in (("platen stat\t", "status"), ("platen pri\t --wa\t", "printers --watch"), ("platen se\t --r\t", "sent --raw"),
                          ("platen enr\t --t\t", "enroll --token"), ("platen ews al\t", "ews allow"), ("platen diag --o\t", "diag --o"),
                          (f"platen enroll --ca {folder}/my-\t", f"enroll --ca {folder}/my-ca.pem"),
                          (f"platen probe --key {key[:-3]}\t", f"probe --key {key}")):
        seen.send(typed + "\n")
        seen.expect(r"RAN: " + re.escape(wanted) + r"\s*\r?\n")
    seen.send("exit\n")
    seen.end()
    print(f"{shell}: verbs, options, files and printers' keys are completed")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build" / "dev")
    build = parser.parse_args().build.resolve()
    with tempfile.TemporaryDirectory(prefix="platen-cli.") as name:
        folder = pathlib.Path(name)
        wide = folder / "wide"
        shutil.copytree(ROOT / "tests" / "vprinter" / "profiles" / "hp-laser-ledm", wide)
        shutil.copy(ROOT / "tests" / "vprinter" / "profiles" / "words.json", folder)
        state = json.loads((wide / "state.json").read_text())
        state["facts"]["identity"]["model"] = NAME
        (wide / "state.json").write_text(json.dumps(state, ensure_ascii=False))
        desk = lab.Desk(build, folder, {"wide": wide, "mfp": ROOT / "tests" / "vprinter" / "profiles" / "hp-mfp"})
        desk.configure()
        desk.start()
        try:
            person = Person(build, desk)
            lab.wait_for("the agent's socket", desk.socket.exists, 30)
            known = lab.wait_for("two printers", lambda: two_printers(person), 60)
            fits(person)
            colours(person)
            watched(person)
            for shell in SHELLS:
                completed(person, shell, folder, known[0]["key"])
        finally:
            desk.stop()


if __name__ == "__main__":
    main()
