"""A process that is measured from outside: the time it has run, the memory it holds, the calls it makes."""

import contextlib
import functools
import os
import signal
import subprocess
import time
from collections.abc import Iterable, Iterator
from pathlib import Path


class Process:
    """A command and all that it starts, on processors of its own."""

    def __init__(self, command: list[str], cpus: set[int], **options):
        # What a child may use it inherits: a function that runs in the child would make each start slow.
        every = os.sched_getaffinity(0)
        os.sched_setaffinity(0, cpus)
        try:
            # A session of its own, so that its end is the end of all that it started.
            self.child = subprocess.Popen(command, start_new_session=True, **options)
        finally:
            os.sched_setaffinity(0, every)

    def stop(self) -> None:
        for name in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(self.child.pid, name)
                self.child.wait(timeout=2)
                return
            except ProcessLookupError:
                break
            except subprocess.TimeoutExpired:
                continue
        self.child.wait()

    @property
    def pids(self) -> list[int]:
        """The process and its descendants."""
        found = [self.child.pid]
        for pid in found:
            # The first thread starts processes, if any does: others come and go.
            found += [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
        return found

    @property
    def threads(self) -> list[int]:
        """Of the process and its descendants."""
        return [int(task.name) for pid in self.pids for task in Path(f"/proc/{pid}/task").iterdir()]

    @property
    def cpu(self) -> float:
        """Seconds of user and system time, of threads that have ended too."""
        # The kernel's clock of another process (CPUCLOCK_SCHED of its pid): nanoseconds, where /proc counts in 10 ms.
        return sum(time.clock_gettime((~pid << 3) | 2) for pid in self.pids)

    @property
    def anonymous(self) -> int:
        """Bytes of memory that is not a file's: heap and stacks, what is shared counted once."""
        return sum(rollup(pid, "Pss_Anon") for pid in self.pids)

    @property
    def resident(self) -> int:
        """Bytes in memory, program and libraries included."""
        return sum(rollup(pid, "Rss") for pid in self.pids)


@contextlib.contextmanager
def undisturbed(processes: Iterable[Process]) -> Iterator[None]:
    """No other program of the machine has their processors meanwhile, nor those of what is started here: they run in
    the real-time class. Without that the slice of another program, 3 to 5 ms, is the latency of 20 connections in a
    row, and p99 tells how many slices there were."""
    threads = [0, *(thread for process in processes for thread in process.threads)]
    try:
        schedule(threads, os.SCHED_FIFO, 1)
        yield
    finally:
        schedule(threads, os.SCHED_OTHER, 0)


def schedule(threads: list[int], policy: int, priority: int) -> None:
    for thread in threads:
        # One that has ended needs nothing.
        with contextlib.suppress(ProcessLookupError):
            os.sched_setscheduler(thread, policy, os.sched_param(priority))


def rollup(pid: int, key: str) -> int:
    with open(f"/proc/{pid}/smaps_rollup") as lines:
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(f"{key}:"))


# What a proxy may say to the kernel while it works; the rest is counted as "others".
CALLS = """accept4 bind close connect epoll_ctl epoll_pwait epoll_pwait2 epoll_wait fcntl getpeername getsockname
getsockopt gettimeofday ioctl read readv recvfrom recvmsg sendmsg sendto setsockopt shutdown socket splice
timerfd_settime write writev clock_gettime futex poll select brk madvise mmap munmap pipe2 getpid""".split()


class CallCount:
    """How often each system call was made by a process between `with` and its end."""

    def __init__(self, process: Process):
        names = ["raw_syscalls:sys_enter", *(f"syscalls:sys_enter_{call}" for call in CALLS if call in known_calls())]
        self.options = ["-x", ",", "-e", ",".join(names), "-p", ",".join(map(str, process.pids))]

    def __enter__(self):
        # perf takes its time to attach to each event: it starts to count when it is told, and says when it does.
        (told, tell), (heard, hear) = os.pipe(), os.pipe()
        command = ["perf", "stat", "--delay", "-1", "--control", f"fd:{told},{hear}", *self.options]
        self.perf = subprocess.Popen(command, pass_fds=(told, hear), stderr=subprocess.PIPE, text=True)
        os.write(tell, b"enable\n")
        os.read(heard, 16)
        for descriptor in (told, tell, heard, hear):
            os.close(descriptor)
        return self

    def __exit__(self, *_):
        self.perf.send_signal(signal.SIGINT)
        lines = self.perf.communicate()[1].splitlines()
        fields = [line.split(",") for line in lines if "sys_enter" in line]
        counts = ((field[2].split("sys_enter")[1], field[0]) for field in fields)
        self.calls = {name.strip("_"): int(count) for name, count in counts if count.isdigit()}
        self.total = self.calls.pop("", 0)


@functools.cache
def known_calls() -> set[str]:
    """The calls that this kernel and architecture have."""
    listing = subprocess.run(["perf", "list", "syscalls:sys_enter_*"], capture_output=True, text=True).stdout
    return {word.split("sys_enter_")[1] for word in listing.split() if "sys_enter_" in word}
