"""child/stracepy.py CHECKOUT LOG FOLDER: stracepy's strace2csv"""
import json
import os
import resource
import runpy
import signal
import sys
import time

# a timer around every line that goes off on a busy machine would end the run
signal.setitimer = lambda *_: (0.0, 0.0)
began = time.time()
checkout, log, folder = sys.argv[1:]
out = os.path.join(folder, "stracepy.csv")
sys.path.insert(0, checkout)
sys.argv = ["strace2csv", "--verbose", "0", "--out", out, log]
try:
    runpy.run_module("stracepy.strace2csv", run_name="__main__")
except SystemExit as exit:
    if exit.code:
        raise
used = resource.getrusage(resource.RUSAGE_SELF)
print(json.dumps({
    "cpuSeconds": used.ru_utime + used.ru_stime,
    "wallSeconds": time.time() - began,
    "peakBytes": used.ru_maxrss * 1024,
    "outputBytes": os.path.getsize(out),
}))
