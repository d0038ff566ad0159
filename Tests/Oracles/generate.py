"""Writes Tests/Fixtures/ from the reference tools. Usage: python generate.py [AREA]... [--check]

Each module areas/AREA.py names the tools it uses in TOOLS and yields (name, content) pairs from fixtures();
each pair becomes Fixtures/AREA/NAME.json. Without arguments every area is written. With --check nothing is
written, and the exit status is 1 if a file would change.
"""

import argparse
import importlib
import importlib.metadata
import os
import pathlib
import re
import sys

# Sums in parallel libraries depend on the number of threads; one thread is the reference.
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"

HERE = pathlib.Path(__file__).resolve().parent
FIXTURES = HERE.parent / "Fixtures"


def pinned_versions():
    """The versions that requirements.txt asks for, by tool."""
    lines = (HERE / "requirements.txt").read_text(encoding="utf-8").splitlines()
    return dict(line.split("==") for line in lines if line and not line.startswith("#"))


def checked_versions(area, tools, pinned):
    """The versions of `tools`, or the end of the program if one of them is not the pinned one."""
    for tool in tools:
        if tool not in pinned:
            sys.exit(f"areas/{area}.py uses {tool}, which requirements.txt does not pin; add it there.")
        try:
            found = importlib.metadata.version(tool)
        except importlib.metadata.PackageNotFoundError:
            found = "no"
        if found != pinned[tool]:
            sys.exit(f"Area {area} needs {tool} {pinned[tool]}, found {found}: pip install -r requirements.txt")
    return {tool: pinned[tool] for tool in tools}


def main():
    areas = sorted(path.stem for path in (HERE / "areas").glob("*.py") if not path.stem.startswith("_"))
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("areas", nargs="*", metavar="AREA", help=f"one of: {', '.join(areas)} (default: all)")
    parser.add_argument("--check", action="store_true", help="write nothing; exit status 1 if a file would change")
    arguments = parser.parse_args()
    unknown = [area for area in arguments.areas if area not in areas]
    if unknown:
        parser.error(f"no area {', '.join(unknown)}; there are {', '.join(areas)}")

    sys.path.insert(0, str(HERE))
    pinned = pinned_versions()
    stale = 0
    for area in arguments.areas or areas:
        # The versions are checked before the area's own imports can fail on a missing tool.
        tools = re.search(r"^TOOLS = \[(.*?)\]", (HERE / "areas" / f"{area}.py").read_text(encoding="utf-8"), re.M)
        if not tools:
            sys.exit(f'areas/{area}.py must name its tools: TOOLS = ["scikit-learn", "numpy"]')
        versions = checked_versions(area, re.findall(r'"([^"]+)"', tools.group(1)), pinned)
        from encode import document

        written = set()
        for name, content in importlib.import_module(f"areas.{area}").fixtures():
            path = FIXTURES / area / f"{name}.json"
            if path in written:
                sys.exit(f"areas/{area}.py yields the name {name} twice.")
            written.add(path)
            text = document(content, versions).encode("utf-8")
            same = path.exists() and path.read_bytes() == text
            if not same:
                stale += 1
                print(f"{'differs' if arguments.check else 'wrote'} {area}/{name}.json ({len(text):,} bytes)")
            if not same and not arguments.check:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(text)
        for path in sorted(set((FIXTURES / area).glob("*.json")) - written):
            stale += 1
            print(f"{'left over' if arguments.check else 'removed'} {area}/{path.name}")
            if not arguments.check:
                path.unlink()
    if arguments.check and stale:
        sys.exit(1)


if __name__ == "__main__":
    main()
