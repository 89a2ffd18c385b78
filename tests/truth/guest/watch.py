# SPDX-License-Identifier: Apache-2.0
"""Sees when a question of ours is under way, and keeps the agent asking."""
import threading
import time

import agent
import lab

PATIENCE = 90  # seconds to wait for an open question of ours


class Watch:
    """Sees on the raw streams of a printer whether a question of ours is under way: bytes went out, none came back yet."""

    def __init__(self, printer, pipes):
        self.files = [(printer.raw_files("out")[p], printer.raw_files("in")[p]) for p in pipes]
        self.last = [self.sizes(pair) for pair in self.files]
        self.open = [False] * len(self.files)

    @staticmethod
    def sizes(pair):
        return tuple(path.stat().st_size for path in pair)

    def is_open(self):
        for i, pair in enumerate(self.files):
            now, was = self.sizes(pair), self.last[i]
            if now[1] != was[1]:
                self.open[i] = False  # the answer has begun
            elif now[0] != was[0]:
                self.open[i] = True
            self.last[i] = now
        return any(self.open)

    def wait_open(self):
        """Waits for a question that begins from now on. False: none came."""
        self.is_open()
        self.open = [False] * len(self.files)
        by = time.monotonic() + PATIENCE
        while time.monotonic() < by:
            if self.is_open():
                return True
            time.sleep(0.005)
        return False


class Prober:
    """Wants one reading of a printer after another, as fast as they come, from when it is let go."""

    def __init__(self, printer, at_once):
        self.device = printer.device
        self.going, self.ended = threading.Event(), False
        self.readings = self.failures = 0
        self.thread = threading.Thread(target=self.work, daemon=True)
        if at_once:
            self.going.set()
        self.thread.start()

    def work(self):
        key = None
        while not self.ended:
            if not self.going.wait(0.2):
                continue
            try:
                key = key or agent.key_of(self.device)
                self.readings += bool(agent.ask("probe", key=key)["printers"])
            except (OSError, lab.Failure, ValueError):
                self.failures += 1
                time.sleep(0.1)

    def end(self):
        self.ended = True
        self.thread.join()
