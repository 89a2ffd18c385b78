# SPDX-License-Identifier: Apache-2.0
"""A test that lives among virtual printers: it starts them, and they start it again with the devices in its world."""
import argparse
import json
import os
import pathlib
import random
import shlex
import socket
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
OWN_MOUNTS = ROOT / "tests" / "own_mounts"
PROFILES = ROOT / "tests" / "vprinter" / "profiles"
sys.path.insert(0, str(ROOT / "tests" / "vprinter"))
import compare  # noqa: E402

NAMES = ("hp-mfp", "brother-laser", "inkjet-idonly")


class World:
    """The inside: the programs of this build, and the printers' control socket."""

    def __init__(self, build, folder):
        self.build = pathlib.Path(build)
        self.folder = pathlib.Path(folder)
        self.socket = self.folder / "agent.sock"
        self.control = self.folder / "vprinter.sock"

    def do(self, *words):
        """One command for the virtual printers; what it answers."""
        with socket.socket(socket.AF_UNIX) as s:
            s.settimeout(30)
            s.connect(str(self.control))
            s.sendall(shlex.join(map(str, words)).encode() + b"\n")
            answer = b"".join(iter(lambda: s.recv(1 << 16), b"")).decode()
        *lines, last = answer.removesuffix("\n").split("\n")
        if last != "ok":
            raise AssertionError(f"do {' '.join(map(str, words))}: {last or 'no answer'}")
        return "\n".join(lines)

    def truth(self):
        return json.loads(self.do("dump"))

    def asked(self, name):
        return [json.loads(line) for line in self.do("log", name).splitlines() if line.strip()]

    def platen(self, *words, expect=0):
        done = subprocess.run([self.build / "agent" / "platen", *words, "--socket", self.socket], capture_output=True, text=True,
                              timeout=120)
        if done.returncode != expect:
            raise AssertionError(f"platen {' '.join(words)}: exit {done.returncode}, not {expect}: {done.stderr}")
        return done.stdout

    def probe(self):
        return json.loads(self.platen("probe", "--json"))

    def differences(self, mine):
        return compare.documents(self.truth(), mine, same_bus=True)


def changes(rng):
    """One random change of one fact of one printer, as words for the virtual printers.

    PJL tells one trouble at a time, and a stopped printer's pipe may take no question: the laser only prints.
    """
    name = rng.choice(NAMES)
    kinds = {
        "hp-mfp": ["print", "colour", "toner", "reason", "jam"],
        "brother-laser": ["print", "toner"],
        "inkjet-idonly": ["toner", "reason"],
    }[name]
    kind = rng.choice(kinds)
    colour = rng.choice({"hp-mfp": ["black", "cyan", "magenta"], "brother-laser": ["black"],
                         "inkjet-idonly": ["black", "cyan-magenta-yellow"]}[name])
    reason = rng.choice(["media-empty", "cover-open"])
    least = {"hp-mfp": 0, "brother-laser": 1, "inkjet-idonly": 0}[name]
    return {
        "print": ("print", name, str(rng.randint(1, 40))),
        "colour": ("print", name, str(rng.randint(1, 9)), "color"),
        "toner": ("toner", name, colour, str(rng.randint(least, 100))),
        "reason": ("set", name, "state-reason", rng.choice("+-") + reason),
        "jam": (rng.choice(["jam", "clear"]), name),
    }[kind]


def main(document, inside, profiles=NAMES, wrapper=(), more=lambda folder, rng: {}):
    """Runs inside(world, rng) among the printers (by `wrapper`, if any); the seed is printed, and can be given again.
    `profiles`: names of profiles, or the names that the printers have -> their profiles (a folder of PROFILES, or a path), `~` before
    a name: not plugged in yet. `more(folder, rng)` makes further ones, in the same shape."""
    parser = argparse.ArgumentParser(description=document)
    parser.add_argument("--build", required=True, type=pathlib.Path)
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--folder", help=argparse.SUPPRESS)
    options = parser.parse_args()
    build = options.build.resolve()
    if options.folder:
        inside(World(build, options.folder), random.Random(options.seed))
        return 0
    seed = options.seed if options.seed is not None else random.randrange(1 << 32)
    print(f"seed {seed}", flush=True)
    with tempfile.TemporaryDirectory(prefix="platen-peers-") as folder:
        words = [str(build / "tests" / "vprinter" / "platen-vprinter"), "--control", folder + "/vprinter.sock"]
        made = pathlib.Path(folder, "profiles")
        made.mkdir()
        named = profiles if isinstance(profiles, dict) else {name: name for name in profiles}
        for name, folder_of in (named | more(made, random.Random(seed))).items():
            words += ["--profile", f"{name}={PROFILES / folder_of}"]
        words += ["--", *wrapper, sys.executable, sys.argv[0], "--build", str(build), "--seed", str(seed), "--folder", folder]
        return subprocess.run(words, env={**os.environ, "PYTHONUNBUFFERED": "1"}, timeout=280).returncode
