"""Set roomfold up and run it, with nothing but Python 3.11 or later.

    python3 go.py run inner-mongolia     set up on first use, then run roomfold
    python3 go.py test                   set up on first use, then run the tests

Packages go into .venv, from where pip or uv is told to look, or from ./wheelhouse without a network.
"""

import hashlib
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
HALF_MADE = VENV / "half-made"  # there from the start of a first set-up to its end
LINK = VENV / "src" / "roomfold"
OLDEST = (3, 11)  # the syntax of this file stays readable to Python 3.6, so that it can say so


def call(*command: object, quiet: bool = False) -> bool:
    """Run a command in the repository; true if it succeeded."""
    output = subprocess.DEVNULL if quiet else None
    return not subprocess.call([str(part) for part in command], cwd=str(ROOT), stdout=output, stderr=output)


def make_venv() -> None:
    """An empty virtual environment of this Python."""
    shutil.rmtree(str(VENV), ignore_errors=True)
    VENV.mkdir()
    HALF_MADE.touch()
    uv = ["uv", "venv", "--quiet", "--allow-existing", "--python", sys.executable, VENV]
    if not (shutil.which("uv") and call(*uv)) and not call(sys.executable, "-m", "venv", VENV):
        sys.exit("go.py: could not make .venv; on Debian and Ubuntu: sudo apt install python3-venv")


def install(requirements: Path) -> None:
    """Put the pinned requirements into .venv: with uv if it is there and manages, else with pip."""
    offline = ["--no-index", "--find-links", ROOT / "wheelhouse"] if (ROOT / "wheelhouse").is_dir() else []
    wanted = ["install", "--quiet", *offline, "--require-hashes", "-r", requirements]
    if shutil.which("uv") and call("uv", "pip", *wanted, "--python", PYTHON):
        return
    call(PYTHON, "-m", "ensurepip", quiet=True)
    if not call(PYTHON, "-m", "pip", "--disable-pip-version-check", *wanted):
        where = "./wheelhouse" if offline else "the package index (no network? put wheels into ./wheelhouse)"
        sys.exit(f"go.py: could not install {requirements.name} from {where}")


def link_package() -> None:
    """Make ``import roomfold`` find this folder, whatever its name; needs no build and no network."""
    LINK.parent.mkdir(exist_ok=True)
    if os.name == "nt" and not LINK.exists():  # a junction: symbolic links need rights that users lack
        call("cmd", "/c", "mklink", "/J", LINK, ROOT, quiet=True)
    elif not LINK.exists():
        LINK.symlink_to(ROOT, target_is_directory=True)
    ask = [str(PYTHON), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]
    packages = subprocess.check_output(ask).decode().strip()
    Path(packages, "roomfold.pth").write_text(f"{LINK.parent}\n", encoding="utf-8")


def set_up(requirements: Path) -> None:
    """Bring .venv up to the requirements; one cut short or moved is made again, any other only added to."""
    stamp = VENV / f"{requirements.stem}.stamp"
    wanted = hashlib.sha256(requirements.read_bytes() + f"{ROOT} {sys.version}".encode()).hexdigest()
    if PYTHON.exists() and stamp.exists() and stamp.read_text() == wanted:
        return
    print("go.py: setting up .venv (about half a minute on a good network)", file=sys.stderr)
    if (os.path.lexists(str(LINK)) and LINK.resolve() != ROOT) or HALF_MADE.exists() or not PYTHON.exists():
        make_venv()
    elif not call(PYTHON, "-c", f"import sys; sys.exit(sys.version_info < {OLDEST})"):
        sys.exit("go.py: the Python in .venv is broken or too old; delete the folder .venv and try again")
    install(requirements)
    link_package()
    stamp.write_text(wanted)
    HALF_MADE.unlink(missing_ok=True)


def main() -> None:
    """Set up, then hand over to roomfold or pytest; Ctrl-C ends this at once, without a traceback."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    if sys.version_info < OLDEST:
        sys.exit("go.py: needs Python {}.{} or later; this is {}".format(*OLDEST, sys.version.split()[0]))
    testing = sys.argv[1:2] == ["test"]
    set_up(ROOT / ("requirements-dev.txt" if testing else "requirements.txt"))
    mine = ["-P", "-m", "roomfold", *sys.argv[1:]]  # -P: a numpy.py in the working folder is not the library
    module = ["-m", "pytest", *sys.argv[2:]] if testing else mine
    os.chdir(str(ROOT) if testing else ".")
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # or each process that is started compiles all modules
    if os.name != "nt":
        os.execv(str(PYTHON), [str(PYTHON), *module])  # no child process: Ctrl-C reaches roomfold alone
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sys.exit(subprocess.call([str(PYTHON), *module]))


if __name__ == "__main__":
    main()
