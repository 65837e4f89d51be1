"""Kills senders of the folder channel at every change they make, and lets several send at once; prints JSON.

Usage: folder_kills.py SCRATCH

After each kill an operator who follows the rule (nothing before KEY.sha256) takes what is there and removes it, the
list is asked for and sent once more, and the operator comes again. This process only forks: it must start no thread of
its own, so warnings are made in children alone.
"""

import hashlib
import json
import os
import signal
import sys
from pathlib import Path
from unittest import mock

import shapely
from made_warnings import make_outgoing

from crowd.warnings.channels.folder import FolderChannel

CHANGES = {"open", "fsync", "rename", "replace", "unlink", "mkdir", "write", "flush", "close", "flock"}
OUTCOMES = ["accepted", "absent", "later", "unknown", "failed", "delivered"]
AT_ONCE = 6
ROUNDS_AT_ONCE = 10
KEY = "w-0002.1.folder.alun"


def fork(work):
    """Do some work in a child, which gives the outcome it came to; gives its process id."""
    child = os.fork()
    if child == 0:
        code = 99
        try:
            code = OUTCOMES.index(work())
        finally:
            os._exit(code)
    return child


def end_of(child):
    """The outcome that a child came to, or "killed" or "broken"."""
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return "killed"
    code = os.waitstatus_to_exitcode(status)
    return OUTCOMES[code] if code < len(OUTCOMES) else "broken"


def send(folder, *, length=None):
    """Send, and be killed before or after the change of that number."""
    outgoing, left = make_outgoing(key=KEY), [length]

    def burn(_frame, event, function):
        if event in {"c_call", "c_return"} and getattr(function, "__name__", "") in CHANGES:
            left[0] -= 1
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    channel = FolderChannel(folder)
    if length is not None:
        sys.setprofile(burn)
    return channel.send(outgoing).outcome


def ask_and_send(folder):
    """Ask, and send once more; gives what asking came to."""
    outgoing, channel = make_outgoing(key=KEY), FolderChannel(folder)
    asked = channel.ask(outgoing).outcome
    return asked if channel.send(outgoing).outcome == "accepted" else "failed"


def pick(folder):
    """Take what is announced, and check it: how many lists were whole, and how many were not."""
    whole = broken = 0
    for announced in sorted(folder.glob("*.sha256")) if folder.exists() else []:
        lines = [line.split("  ") for line in announced.read_text(encoding="utf-8").splitlines()]
        names = {name for _, name in lines}
        fits = [hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest for digest, name in lines]
        is_right = names == {f"{KEY}.csv", f"{KEY}.json"} and all(fits)
        whole, broken = whole + is_right, broken + (not is_right)
        for name in names | {announced.name}:
            (folder / name).unlink()
    return whole, broken


def killed_once(folder, length):
    sent = end_of(fork(lambda: send(folder, length=length)))
    picks, asked = [pick(folder)], []
    for _ in range(2):
        asked.append(end_of(fork(lambda: ask_and_send(folder))))
        picks.append(pick(folder))
    left = sorted(path.name for path in folder.iterdir() if path.name != ".outgoing")
    return {"sent": sent, "picks": picks, "asked": asked, "left": left}


def at_once(folder):
    children = [fork(lambda: send(folder)) for _ in range(AT_ONCE)]
    picks, ends = [], []
    while children:
        picks.append(pick(folder))
        ended, status = os.waitpid(-1, os.WNOHANG)
        if ended:
            children.remove(ended)
            ends.append(OUTCOMES[os.waitstatus_to_exitcode(status)])
    picks.append(pick(folder))
    return {"ends": ends, "whole": sum(whole for whole, _ in picks), "broken": sum(broken for _, broken in picks)}


def main():
    scratch, kills = Path(sys.argv[1]), []
    while not kills or kills[-1]["sent"] == "killed":
        kills.append(killed_once(scratch / f"kill-{len(kills)}", len(kills) + 1))
    together = [at_once(scratch / f"together-{number}") for number in range(ROUNDS_AT_ONCE)]
    sys.stdout.write(json.dumps({"kills": kills, "together": together}))


if __name__ == "__main__":
    with mock.patch("made_warnings.make_outline", return_value=shapely.box(109, -6, 110, -5)):  # hexagons start slowly
        main()
