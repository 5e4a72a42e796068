#!/usr/bin/env python3
"""Tests the Debian package in dist/ on this machine as root: from its installation to its purge.

The gateway runs as the unit runs it: as the package's user, with its folders and a token file, but by hand, because a
test machine has no systemd as its first process. No step has Swift in its PATH.
"""

import contextlib
import glob
import json
import os
import pwd
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
DIST = ROOT / "dist"
PACKAGE = next(DIST.glob("edgecrab_*.deb"))
ENVIRONMENT = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive"}
CONFIGURATION, STATE = Path("/etc/edgecrab"), Path("/var/lib/edgecrab")
UNIT = Path("/lib/systemd/system/edgecrab.service")
DEADLINE = 60


def run(*command, check=True, **options):
    done = subprocess.run(
        [str(word) for word in command], env=ENVIRONMENT | options.pop("environment", {}), text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **options)
    if check and done.returncode != 0:
        sys.exit(f"✗ {' '.join(map(str, command))} ended with {done.returncode}:\n{done.stdout}")
    return done.stdout


def expect(holds, sentence, details=""):
    if not holds:
        sys.exit(f"✗ {sentence}\n{details}")
    print(f"✓ {sentence}", flush=True)


def eventually(condition, sentence):
    end = time.monotonic() + DEADLINE
    while time.monotonic() < end:
        result = condition()
        if result:
            print(f"✓ {sentence}", flush=True)
            return result
        time.sleep(0.1)
    sys.exit(f"✗ not within {DEADLINE} seconds: {sentence}")


def left_behind():
    """Every file of the system that has edgecrab in its name, the user, and what dpkg knows."""
    found = run("find", "/etc", "/lib", "/opt", "/run", "/srv", "/usr", "/var", "-xdev", "-iname", "*edgecrab*").split("\n")
    ours = (str(ROOT), "/opt/swift", "/var/log/", "/var/cache/")
    files = [path for path in found if path and not path.startswith(ours)]
    users = [user.pw_name for user in pwd.getpwall() if user.pw_name == "edgecrab"]
    return files + users


# MARK: The sandbox and the gateway, as programs

class Sandbox:
    """The installed program's own sandbox, with alice's direct messages to the bot."""

    def __init__(self):
        self.process = subprocess.Popen(
            ["/usr/bin/edgecrab", "sandbox"], env=ENVIRONMENT, stdout=subprocess.PIPE, text=True)
        text = ""
        while "edgecrab gateway start" not in text:
            line = self.process.stdout.readline()
            if not line:
                sys.exit(f"✗ the sandbox ended: {text}")
            text += line
        self.url = re.search(r"MATTERMOST_URL=(\S+)", text).group(1)
        self.token = re.search(r"MATTERMOST_TOKEN=(\S+)", text).group(1)
        key = re.search(r"key=(\S+)", text).group(1)
        session = self.call("POST", "/page/session", headers={"X-Sandbox-Key": key})
        users = {user["username"]: user for user in session["users"]}
        self.alice, bot = users["alice"], users[session["bot"]]
        self.channel = self.call("POST", "/api/v4/channels/direct", [self.alice["id"], bot["id"]])["id"]

    def call(self, method, path, body=None, headers={}):
        headers = {"Content-Type": "application/json"} | headers
        if path.startswith("/api"):
            headers["Authorization"] = f"Bearer {self.alice['token']}"
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, headers, method=method)
        with urllib.request.urlopen(request, timeout=DEADLINE) as response:
            return json.load(response)

    def ask(self, message, answer):
        """Posts a message and waits until another post has the answer's words."""
        before = set(self.posts())
        own = self.call("POST", "/api/v4/posts", {"channel_id": self.channel, "message": message})["id"]
        eventually(
            lambda: any(answer in text for post, text in self.posts().items() if post not in before | {own}),
            f"`{message}` is answered with `{answer}`")

    def posts(self):
        page = self.call("GET", f"/api/v4/channels/{self.channel}/posts")
        return {post["id"]: post["message"] for post in page["posts"].values()}

    def stop(self):
        self.process.terminate()
        self.process.wait(DEADLINE)


@contextlib.contextmanager
def gateway():
    """Runs the unit's command as the unit's user, with the unit's variables, until it answers that it is ready."""
    settings = dict(re.findall(r"^(\w+)=(.*)$", UNIT.read_text(), re.M))
    credentials = tempfile.mkdtemp()
    shutil.copy(CONFIGURATION / "token", credentials)
    shutil.chown(credentials, "edgecrab", "edgecrab")
    shutil.chown(credentials + "/token", "edgecrab", "edgecrab")
    STATE.mkdir(mode=0o700, exist_ok=True)
    shutil.chown(STATE, "edgecrab", "edgecrab")
    variables = dict(word.split("=", 1) for word in settings["Environment"].replace("%d", credentials).split())
    variables |= dict(line.split("=", 1) for line in (CONFIGURATION / "edgecrab.env").read_text().split())
    variables |= {"EDGECRAB_LISTEN": "127.0.0.1:9464"}
    command = settings["ExecStart"].replace(" $EDGECRAB_OPTIONS", "").split()
    log = tempfile.NamedTemporaryFile("w+")
    process = subprocess.Popen(
        command, env=ENVIRONMENT | variables, user="edgecrab", group="edgecrab", extra_groups=[], cwd=STATE,
        stdout=log, stderr=log)

    def is_ready():
        if process.poll() is not None:
            sys.exit(f"✗ the gateway ended with {process.returncode}:\n{Path(log.name).read_text()}")
        with contextlib.suppress(OSError):
            return urllib.request.urlopen("http://127.0.0.1:9464/ready", timeout=DEADLINE).status == 200

    eventually(is_ready, "the gateway runs as the user edgecrab and is ready")
    try:
        yield
    finally:
        process.terminate()
        expect(process.wait(DEADLINE) == 0, "the gateway ends with 0 on SIGTERM", Path(log.name).read_text())
        shutil.rmtree(credentials)


# MARK: The steps

def check_files():
    print(run("lintian", "--allow-root", "--fail-on", "error,warning", PACKAGE).strip())
    expect(True, "lintian finds no error and no warning")
    run("sha256sum", "--check", "--quiet", "SHA256SUMS", cwd=DIST)
    expect(True, "the checksums are right")
    bill = next(DIST.glob("*.cdx.json"))
    run("/usr/bin/python3", HERE / "validate_sbom.py", bill)
    names = {component["name"] for component in json.loads(bill.read_text())["components"]}
    expect({"GRDB", "swift", "swift-nio", "libcurl4", "libsqlite3-0"} <= names, "the bill of materials is valid CycloneDX")


def older_package(folder):
    """The package as an older version of itself."""
    tree = Path(folder) / "tree"
    run("dpkg-deb", "--raw-extract", PACKAGE, tree)
    control = tree / "DEBIAN/control"
    control.write_text(re.sub(r"^Version: .*$", "Version: 0.0.9", control.read_text(), flags=re.M))
    # What the upgrade must bring, and what it must not touch.
    (tree / "usr/share/doc/edgecrab/docs/install.md").unlink()
    rules = tree / "etc/edgecrab/rules.yaml"
    rules.write_text(rules.read_text().replace("# edgecrab's rules:", "# edgecrab's older rules:"))
    older = Path(folder) / "edgecrab_0.0.9.deb"
    run("dpkg-deb", "--root-owner-group", "-Znone", "--build", tree, older)
    return older


def check_installation():
    expect("edgecrab" in run("/usr/bin/edgecrab", "--version"), "the program runs without Swift")
    user = pwd.getpwnam("edgecrab")
    expect(user.pw_uid < 1000 and user.pw_shell.endswith("nologin"), "it has a system user of its own")
    for page in ["edgecrab", "edgecrab.gateway.start", "edgecrab.rules.check"]:
        expect("NAME" in run("man", page, environment={"MANWIDTH": "80"}), f"`man {page}` shows a page")
    completed = run(
        "bash", "-c", ". /usr/share/bash-completion/completions/edgecrab; COMP_WORDS=(edgecrab rul) COMP_CWORD=1 "
        "COMP_LINE='edgecrab rul' COMP_POINT=12; _edgecrab; echo ${COMPREPLY[@]}")
    expect("rules" in completed, "bash completes `edgecrab rul`", completed)
    run("zsh", "-n", "/usr/share/zsh/vendor-completions/_edgecrab")
    completed = run("fish", "-c", "complete --do-complete 'edgecrab rul'")
    expect("rules" in completed, "fish completes `edgecrab rul`", completed)
    found = run("systemd-analyze", "verify", "--recursive-errors=no", UNIT, "/lib/systemd/system/edgecrab@.service")
    expect("edgecrab" not in found, "systemd finds no mistake in the units", found)
    for unit in ["edgecrab.service", "edgecrab@.service"]:
        run("systemd-analyze", "security", "--offline=yes", "--threshold=20", f"/lib/systemd/system/{unit}")
    expect(True, "systemd rates their exposure at most 2.0")
    expect("good" in run("/usr/bin/edgecrab", "rules", "check", "--strict", CONFIGURATION / "rules.yaml"),
           "the rules in /etc/edgecrab are good")


def check_setup(sandbox, folder):
    home, token = Path(folder) / "home", Path(folder) / "token"
    token.write_text(sandbox.token)
    run("/usr/bin/edgecrab", "setup", "--yes", "--url", sandbox.url, "--token-file", token, "--agent", "echo", "--allow", "alice",
        environment={"EDGECRAB_HOME": str(home)})
    expect((home / ".env").stat().st_mode & 0o777 == 0o600, "`edgecrab setup` with flags writes a private .env")
    run("/usr/bin/edgecrab", "rules", "check", "--strict", home / "rules.yaml")
    run("/usr/bin/edgecrab", "doctor", environment={"EDGECRAB_HOME": str(home)})
    expect(True, "the rules are good, and the doctor finds nothing wrong")


def configure(sandbox):
    (CONFIGURATION / "edgecrab.env").write_text(f"MATTERMOST_URL={sandbox.url}\nMATTERMOST_ALLOWED_USERS=alice\n")
    token = CONFIGURATION / "token"
    token.touch(mode=0o600)
    token.write_text(sandbox.token + "\n")
    rules = CONFIGURATION / "rules.yaml"
    rules.write_text("# An administrator's note.\n" + rules.read_text())


def store_of_the_version_before(alice):
    STATE.mkdir(mode=0o700, exist_ok=True)
    path = STATE / "edgecrab.sqlite"
    with contextlib.closing(sqlite3.connect(path)) as database:
        database.executescript((HERE / "store-of-schema-12.sql").read_text().replace("ALICE", alice))
    for each in [STATE, path]:
        shutil.chown(each, "edgecrab", "edgecrab")


def main():
    expect(os.geteuid() == 0, "running as root")
    before = left_behind()
    expect(not before, "nothing of an installation is there", "\n".join(before))
    check_files()
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        run("apt-get", "install", "--yes", "--no-install-recommends", older_package(folder))
    expect(True, "an older version is installed")
    sandbox = Sandbox()
    try:
        configure(sandbox)
        store_of_the_version_before(sandbox.alice["id"])

        run("apt-get", "install", "--yes", "--no-install-recommends", "--option", "Dpkg::Options::=--force-confold", PACKAGE)
        expect(Path("/usr/share/doc/edgecrab/docs/install.md").exists(), "the upgrade brings new files")
        expect("note" in (CONFIGURATION / "rules.yaml").read_text(), "the upgrade keeps the rules as they were changed")
        check_installation()
        with tempfile.TemporaryDirectory() as folder:
            check_setup(sandbox, folder)
        with gateway():
            sandbox.ask("hello", "hello")
            sandbox.ask("!usage", "| 8 |")
            metrics = urllib.request.urlopen("http://127.0.0.1:9464/metrics", timeout=DEADLINE).read().decode()
            expect("edgecrab_posts_total{" in metrics and "process_open_fds" in metrics, "metrics are served")
        expect((STATE / "edgecrab.sqlite").stat().st_mode & 0o077 == 0, "nobody else can read the store")

        run("apt-get", "remove", "--yes", "edgecrab")
        expect(not Path("/usr/bin/edgecrab").exists(), "removing takes the program away")
        expect((STATE / "edgecrab.sqlite").exists() and (CONFIGURATION / "token").exists(),
               "removing keeps the conversations and the configuration")
    finally:
        sandbox.stop()
    run("apt-get", "purge", "--yes", "edgecrab")
    after = left_behind()
    expect(not after, "purging leaves nothing behind", "\n".join(after))


main()
