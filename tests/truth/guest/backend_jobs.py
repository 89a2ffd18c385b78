# SPDX-License-Identifier: Apache-2.0
"""Jobs through CUPS's usb back-end, each started while the agent has a question to its printer under way, and what became of
them.

Whenever it starts, the back-end opens the USB printers that the kernel lists before its own, and takes usblp from them for a
moment: two jobs at once can disturb one another without anybody's help. So a round goes from the last listed printer to the
first, and each job begins when the one before has its printer: then nobody looks at a printer in use. For 7 s after its data a
back-end waits for what the printer may still say; those of a round wait together.
"""
import threading
import time

import cups
import ippclient
import lab
import streams
import watch

SIZE = 120_000
MORE_THAN_QUESTIONS = 4096  # so many new bytes on a print pipe are a job
ARRIVES_S, DONE_S = 60, 180
MOST = 1.5  # times the jobs that were wanted
MID_JOB = 1 / 3  # of a job's time: a conversation that begins later cannot have been decided on before the job came


class Lane:
    """The jobs of one printer, one after another."""

    def __init__(self, printer, pipes, tier):
        self.printer, self.pipes, self.tier = printer, pipes, tier
        self.pipe = printer.raw_files()["0-0"]
        self.jobs = {}  # name -> bytes
        self.numbers = {}  # name -> cupsd's number
        self.spans = []  # (released, done) on the monotonic clock, seconds, with the agent
        self.took = {"without": [], "with": []}  # until all of it was printed
        self.start = {"without": [], "with": []}  # until its first data had reached the printer
        self.wanted = self.overlaps = self.unasked = self.still_open = 0
        self.trouble = []
        self.prober = None

    def print_one(self, which, eye):
        """Starts a job, with an eye open (else None) in mid-question. Returns a thread that waits for its end, when its data
        have reached the printer."""
        name = f"{self.printer.name}-{which}-{len(self.jobs)}"
        data = self.jobs[name] = streams.document(name, SIZE, pjl=len(self.jobs) % 3 == 0)
        held = ippclient.HeldJob(631, f"/printers/{self.printer.name}", data, name)
        was_open = eye is not None and eye.wait_open()
        before = self.pipe.stat().st_size
        began = time.monotonic()
        held.release()
        overlap = was_open and eye.is_open()
        status, job = held.answer()
        if eye:
            self.wanted += 1
            self.unasked += not was_open
            self.overlaps += overlap
            self.still_open += overlap and eye.is_open()
        if status >= 0x100:
            self.trouble.append(f"{name}: IPP status 0x{status:04x}")
            return None
        self.numbers[name] = job
        try:
            lab.wait_for(f"{name} reaches the printer",
                         lambda: self.pipe.stat().st_size > before + MORE_THAN_QUESTIONS, ARRIVES_S, 0.03)
            self.start[which].append(time.monotonic() - began)
        except lab.Failure as e:
            self.trouble.append(str(e))
        end = threading.Thread(target=self.wait_done, args=(name, job, which, began))
        end.start()
        return end

    def wait_done(self, name, job, which, began):
        client = ippclient.Client(631, "/")
        by, state, reasons = began + DONE_S, 0, ""
        while state < 7 and time.monotonic() < by:
            time.sleep(0.1)
            state, reasons = ippclient.job_state(client, job)
        client.close()
        done = time.monotonic()
        if state != ippclient.COMPLETED:
            self.trouble.append(f"{name}: job state {state} {reasons}")
        self.took[which].append(done - began)
        if which == "with":
            self.spans.append((began, done))
        try:
            self.printer.wait_usblp()
        except lab.Failure as e:
            self.trouble.append(f"after {name}: {e}")


def print_rounds(lanes, which, count, asked):
    """`count` jobs in rounds over the lanes, which stand in the order in which the back-end lists their printers. `asked`: the
    lanes whose jobs start in mid-question; where that is all of them, jobs that missed the moment do not count, up to half as
    many again. A printer is asked without a pause from just before its turn to the round's end: earlier, the back-ends of the
    others would cut questions off, and the agent leave the printer alone for a while."""
    eyes = {lane: watch.Watch(lane.printer, lane.pipes) if lane in asked else None for lane in lanes}
    strict, printed = len(asked) == len(lanes), 0
    while True:
        missing = count - (sum(lane.overlaps for lane in lanes) if strict else printed)
        if missing <= 0 or printed >= count * MOST:
            return
        ends = []
        for lane in lanes[::-1][:missing]:
            if lane.prober:
                lane.prober.going.set()
            ends.append(lane.print_one(which, eyes[lane]))
        printed += len(ends)
        for end in ends:
            if end:
                end.join()
        for lane in lanes:
            if lane.prober:
                lane.prober.going.clear()


def is_of_job(event):
    """PJL lines of the jobs themselves; the agent asks only ECHO and INFO."""
    return event["what"] == "pjl" and not any(word in event["command"] for word in ("ECHO", "INFO"))


def begun_in_mid_job(lane):
    """Conversations of ours that began when the job had long been there: (how many, questions asked during jobs)."""
    begun = asked = 0
    for event in lane.printer.log():
        at = event["ms"] / 1000
        span = next(((a, b) for a, b in lane.spans if a <= at <= b), None)
        if not span:
            continue
        if event["what"] in ("http", "pjl") and not is_of_job(event):
            asked += 1
        opens = event["what"] == "set-interface" and event["interface"] > 0 and event["alternate"] > 0
        opens = opens or (event["what"] == "pjl" and not is_of_job(event))
        begun += opens and at > span[0] + (span[1] - span[0]) * MID_JOB
    return begun, asked


def judge_lane(report, lane, pjl):
    """What the printer got, and what its queue's back-channel got. Returns the number of answers of ours in the latter."""
    name = lane.printer.name
    report.check(f"{name}.jobs", not lane.trouble, "; ".join(lane.trouble) or f"{len(lane.jobs)} completed")
    again = {job: cups.crashes(number) for job, number in lane.numbers.items()}
    if any(again.values()):
        report.value(f"{name}.back-end-crashes", sum(again.values()), " ".join(job for job in again if again[job]))
    verdict = streams.judge(report, f"{name}.bytes", streams.judge_print_pipe, lane.printer.raw("0-0"), lane.jobs,
                            {job: 1 + times for job, times in again.items()})
    begun, asked = begun_in_mid_job(lane)
    report.check(f"{name}.respect", begun == 0, f"{begun} conversations of ours begun in mid-job, {asked} questions during jobs")
    came = cups.back_channel(name)
    races = sum(came.count(word) for word in (b"@PJL ECHO", b"@PJL INFO"))
    if lane.tier == 2 and pjl == "idle":
        report.check(f"{name}.back-channel", len(came) == 0 or 0 < came.count(b"@PJL ECHO") <= 2 * lane.overlaps,
                     f"{races} answers of ours, only where a job started in mid-question")
    else:
        report.check(f"{name}.back-channel", came == b"", f"{len(came)} bytes")
    if lane.tier == 2 and pjl == "never":
        asked = len(verdict.questions) if verdict else -1
        report.check(f"{name}.no-pjl", asked == 0, f"{asked} questions on the print pipe")
    return came.count(b"@PJL ECHO") > 0


def judge_overlaps(report, lanes, wanted):
    overlaps = jobs = 0
    for tier in sorted({lane.tier for lane in lanes}):
        of_tier = [lane for lane in lanes if lane.tier == tier]
        mine, started = (sum(getattr(lane, what) for lane in of_tier) for what in ("overlaps", "wanted"))
        report.value(f"backend.overlaps.tier-{tier}", mine, f"of {started} jobs")
        report.value(f"backend.still-open.tier-{tier}", sum(lane.still_open for lane in of_tier), "when cupsd had made the job")
        overlaps, jobs = overlaps + mine, jobs + started
    report.check("backend.overlap", overlaps >= wanted > 0, f"{overlaps} of {jobs} jobs started with a question of ours open, "
                 f"{wanted} are wanted ({sum(lane.unasked for lane in lanes)} saw none)")
