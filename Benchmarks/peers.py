"""One piece of work in one peer: `peers.py WORK PEER FOLDER [SCALE]` prints a line of JSON with seconds and figures.

The same work is done by `apus-bench WORK FOLDER [SCALE]`. Both read the same raw float64 files from FOLDER, time only
the work itself (not start-up or loading) and report the same figures, so that speed is never shown without accuracy.
"""
import json
import os
import resource
import sys

THREADS = os.environ.get("APUS_THREADS", str(os.cpu_count()))
os.environ.setdefault("OMP_NUM_THREADS", THREADS)
os.environ.setdefault("POLARS_MAX_THREADS", THREADS)

import works  # noqa: E402 (the peers read the environment when they are imported)


def main():
    work, peer, folder = sys.argv[1:4]
    data = works.Data(folder, float(sys.argv[4]) if len(sys.argv) > 4 else 1.0)
    run = next((getattr(m, work.replace("-", "_")) for m in works.modules() if work in m.WORKS), None)
    if run is None:
        sys.exit(f"peers.py: unknown work {work}")
    seconds, figures = run(peer, data)
    # A process that reads the file by itself counts its peak from when it started.
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    print(json.dumps({"seconds": seconds, "peak": peak, **figures}))


main()
