# SPDX-License-Identifier: Apache-2.0
"""What every scenario uses: checks and values for the host, programs that end with us, waiting with a bound."""
import contextlib
import os
import pathlib
import signal
import subprocess
import sys
import time

LAB = pathlib.Path("/lab")
BIN = LAB / "bin"
OUT = pathlib.Path("/out")
LOG = pathlib.Path("/tmp/log")
LOG.mkdir(exist_ok=True)


class Failure(Exception):
    """The scenario cannot go on."""


class Report:
    """Checks of one scenario, printed as they happen: `ok NAME words`, `FAILED: NAME: words`, `value NAME n unit`."""

    def __init__(self, scenario):
        self.scenario = scenario
        self.passed = self.failed = 0

    def check(self, name, good, words=""):
        name = f"truth.{self.scenario}.{name}"
        if good:
            self.passed += 1
            print(f"ok      {name}  {words}".rstrip(), flush=True)
        else:
            self.failed += 1
            print(f"FAILED: {name}: {words}", flush=True)
        return bool(good)

    def value(self, name, number, unit=""):
        print(f"value   truth.{self.scenario}.{name} {number} {unit}".rstrip(), flush=True)

    def end(self):
        """Exit status: at least one check was made and none failed."""
        if not self.passed + self.failed:
            self.check("checks", False, "none was made")
        return 0 if self.passed and not self.failed else 1


def scenario(name, body):
    """Runs body(report); whatever is started with start() is ended afterwards, also after a failure."""
    report = Report(name)
    try:
        body(report)
    except Failure as e:
        report.check("went on", False, str(e))
    except Exception as e:  # a defect of the laboratory is a failed check too, with its trace in /out/stderr
        report.check("laboratory", False, f"{type(e).__name__}: {e}")
        import traceback

        traceback.print_exc()
    finally:
        stop_all()
    sys.exit(report.end())


def wait_for(what, condition, seconds=20.0, step=0.05):
    """Waits until condition() is true and returns what it gave. Raises Failure naming what was waited for."""
    by = time.monotonic() + seconds
    while True:
        got = condition()
        if got:
            return got
        if time.monotonic() > by:
            raise Failure(f"{what}: not within {seconds:g} s")
        time.sleep(step)


def run(*words, check=True, user=None, stdin=None, seconds=120):
    """Runs a program to its end and returns its standard output."""
    done = subprocess.run(words, input=stdin, capture_output=True, text=True, timeout=seconds, user=user,
                          group=user, extra_groups=[] if user else None)
    if check and done.returncode != 0:
        raise Failure(f"{' '.join(words)}: exit {done.returncode}: {(done.stderr or done.stdout).strip()[-300:]}")
    return done.stdout


_running = []


def start(name, *words, user=None, env=None):
    """Starts a program in the background; what it says goes to the log folder, which the host keeps."""
    with open(LOG / f"{name}.log", "ab") as log:
        process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=log, stderr=log, user=user, group=user,
                                   extra_groups=[] if user else None, env={**os.environ, **(env or {})},
                                   start_new_session=True)
    _running.append(process)
    return process


def stop(process, seconds=10):
    """Ends a program started with start(), and returns its exit status."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    with contextlib.suppress(ValueError):
        _running.remove(process)
    return process.returncode


def stop_all():
    for process in reversed(list(_running)):
        stop(process)


def load(*modules):
    for module in modules:
        run("modprobe", module)


def percentile(values, p):
    """The nearest-rank percentile of a list that is not empty."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * p // 100) - 1)]


# ---- USB as the kernel sees it

USB = pathlib.Path("/sys/bus/usb/devices")


def read(path):
    try:
        return pathlib.Path(path).read_text().strip()
    except OSError:
        return None


def driver_of(interface):
    """Name of the driver bound to an interface such as `1-1:1.0`, None when there is none."""
    link = USB / interface / "driver"
    return os.path.basename(os.readlink(link)) if link.is_symlink() else None


def triple(interface):
    """Class/subclass/protocol of an interface's current setting: `7/1/2`."""
    at = USB / interface
    return "/".join(f"{int(read(at / f), 16):x}" for f in ("bInterfaceClass", "bInterfaceSubClass", "bInterfaceProtocol"))


def devices(vendor=None, product=None):
    """Sysfs names of USB devices that are no hubs: `1-1`."""
    found = []
    for path in sorted(USB.iterdir()):
        if ":" in path.name or path.name.startswith("usb") or read(path / "bDeviceClass") == "09":
            continue
        if vendor in (None, read(path / "idVendor")) and product in (None, read(path / "idProduct")):
            found.append(path.name)
    return found


def lp_nodes():
    folder = pathlib.Path("/dev/usb")
    return sorted(p.name for p in folder.glob("lp*")) if folder.is_dir() else []
