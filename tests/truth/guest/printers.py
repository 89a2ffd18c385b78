# SPDX-License-Identifier: Apache-2.0
"""Virtual printers of platen-vprinter, exported by USB/IP on loopback and attached to this kernel through vhci_hcd."""
import contextlib
import json
import os
import pathlib
import shutil

import lab
import vhci

PORT = 3240
CONTROL = "/tmp/vprinter.sock"
SPOOL = pathlib.Path("/tmp/spool")


class Printer:
    def __init__(self, name, busid):
        self.name = name
        self.busid = busid  # what the USB/IP server calls it
        self.port = None  # vhci port while attached
        self.device = None  # sysfs name while attached: "1-1"

    @property
    def node(self):
        at = lab.USB / self.device
        return f"/dev/bus/usb/{int(lab.read(at / 'busnum')):03d}/{int(lab.read(at / 'devnum')):03d}"

    def do(self, *words):
        return do(words[0], self.name, *words[1:])

    def dump(self):
        """What it truly is."""
        return json.loads(self.do("dump"))

    def wait_usblp(self):
        lab.wait_for(f"{self.name}: usblp is bound", lambda: lab.driver_of(f"{self.device}:1.0") == "usblp", 30)

    def raw_files(self, direction="out"):
        """{pipe: file} of what went through, as it went; a pipe is `0-0`: interface and alternate setting."""
        return {path.stem.removeprefix("pipe-"): path
                for path in sorted((SPOOL / self.name).rglob(f"pipe-*.{direction}"))}

    def raw(self, pipe):
        """Everything that the host sent to a pipe."""
        files = self.raw_files()
        return files[pipe].read_bytes() if pipe in files else b""

    def http_raws(self):
        """The same of every pipe that carries HTTP: all but the print pipe."""
        return [path.read_bytes() for pipe, path in self.raw_files().items() if pipe != "0-0"]

    def log(self):
        """What was asked of it and done to it: a list of events."""
        return [json.loads(line) for line in self.do("log").splitlines() if line.startswith("{")]

    def attach(self):
        """Plugs it in and waits until udev has seen the device."""
        self.plug_in()
        lab.run("udevadm", "settle", "--timeout=20")

    def plug_in(self):
        """Plugs it in and waits until the kernel has configured it. Printers may be plugged in at once."""
        self.port = lab.wait_for(f"{self.name} can be imported", lambda: vhci.attach(PORT, self.busid))
        self.device = lab.wait_for(f"{self.name} is a USB device", lambda: vhci.device_at(self.port))
        lab.wait_for(f"{self.name} is configured", lambda: lab.read(lab.USB / self.device / "bConfigurationValue"))

    def detach(self):
        """Pulls the plug and waits until the device is gone."""
        vhci.detach(self.port)
        self.wait_gone()

    def wait_gone(self):
        """Waits until the kernel knows that it is gone, after its own death or ours."""
        gone = lab.USB / self.device
        lab.wait_for(f"{self.name} is gone", lambda: not gone.exists())
        lab.wait_for(f"{self.name}'s port is free", lambda: vhci.is_free(self.port))
        vhci.release(self.port)
        self.port = None


def do(*words):
    return lab.run(str(lab.BIN / "platen-vprinter"), "--control", CONTROL, "do", *words)


# ippeveprinter plays 5 to 15 s of printing per job, unless it is given a command to print with.
WRAPPERS = pathlib.Path("/tmp/wrappers")
QUICK_IPPEVEPRINTER = """\
#!/bin/sh
exec /usr/sbin/ippeveprinter -c /bin/true "$@"
"""


def wrapped_path():
    WRAPPERS.mkdir(exist_ok=True)
    wrapper = WRAPPERS / "ippeveprinter"
    wrapper.write_text(QUICK_IPPEVEPRINTER)
    wrapper.chmod(0o755)
    return f"{WRAPPERS}:{os.environ['PATH']}"


def changed_profile(profile, behaviour):
    """A copy of a profile whose behaviour.json has these members besides: {"http": {"delay_ms": 400}}."""
    copy = pathlib.Path("/tmp/profiles") / profile
    shutil.copytree(lab.LAB / "profiles", copy.parent, dirs_exist_ok=True)
    path = copy / "behaviour.json"
    have = json.loads(path.read_text())
    for section, members in behaviour.items():
        have.setdefault(section, {}).update(members)
    path.write_text(json.dumps(have))
    return copy


@contextlib.contextmanager
def plugged(*profiles, behaviour=None, attached=None):
    """Starts platen-vprinter with these profiles (`NAME` or `NAME=PROFILE`), attaches all or the first few, yields the printers.
    `behaviour` adds to what a profile says: {PROFILE: {section: {member: value}}}."""
    lab.load("vhci-hcd", "usblp")
    SPOOL.mkdir(exist_ok=True)
    words, names = [], []
    for profile in profiles:
        name, _, folder = profile.rpartition("=")
        names.append(name or folder)
        added = (behaviour or {}).get(folder)
        words += ["--profile", f"{names[-1]}={changed_profile(folder, added) if added else lab.LAB / 'profiles' / folder}"]
    server = lab.start("vprinter", str(lab.BIN / "platen-vprinter"), *words, "--usbip", str(PORT),
                       "--control", CONTROL, "--spool", str(SPOOL), env={"PATH": wrapped_path()})
    try:
        lab.wait_for("platen-vprinter answers", lambda: vhci.is_served(PORT) and pathlib.Path(CONTROL).exists(), 60)
        fleet = [Printer(name, f"1-{n}") for n, name in enumerate(names, 1)]
        for printer in fleet[:attached]:
            printer.attach()
        yield fleet
        for printer in fleet:
            if printer.port is not None:
                printer.detach()
    finally:
        lab.stop(server)
