"""The laptop: one command brings up the cloud, the artifact, its data and the console."""

import hashlib
import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from chalicelib.core.civil_day import read_period
from infra.local import console
from infra.local.cloud import ACCOUNT, REGION, Cloud, Deployed
from infra.local.processes import DidNotStart, Process
from infra.local.progress import Progress
from infra.local.serve import Origin
from infra.local.surroundings import credentials, emulator_environment, facts, parameters
from infra.package import ROOT, package

_FIRST_PORTS = {"emulator": 4566, "console": 8080}
_TABLES = ["contacts", "routing", "center", "customers", "tickets", "connections", "reports"]
_BUCKETS = ["recordings", "lake", "exports", "prompts"]


class Laptop:
    """One laptop: a folder that holds all its state, and the processes started from it."""

    def __init__(self, home: Path) -> None:
        self.home = home.absolute()  # it is compared with what the running parts say
        self.emulator = Process("emulator", self.home)
        self.console = Process("console", self.home)
        self.facts = self.home / "acme.json"

    def up(self) -> None:
        """Bring everything up; harmless and quick when it is up already."""
        progress = Progress()
        self.home.mkdir(parents=True, exist_ok=True)
        (self.home / "clock").unlink(missing_ok=True)  # whoever set it may have been killed
        ports = self._ports()
        cloud = Cloud(f"http://127.0.0.1:{ports['emulator']}")
        origin = f"http://127.0.0.1:{ports['console']}"
        with ThreadPoolExecutor(max_workers=1) as beside:
            site = beside.submit(console.build, ROOT / "web", self.home / "logs" / "web.log")
            with progress.step("emulator") as outcome:
                outcome += self._start_emulator(ports["emulator"])
            with progress.step("origin") as outcome:
                outcome += self._start_console(ports["console"], cloud)
            deployed = self._deploy(progress, cloud, ports["console"])
            variables = cloud.environment(deployed.outputs["ApiFunction"])
            known = facts(cloud, origin, deployed, variables)
            for step in ("seed", "publish_flows"):
                with progress.step(step.replace("_", " ")) as outcome:
                    known |= self._run_step(step, variables, cloud, outcome)
            self.facts.write_text(json.dumps(known, indent=2))
            with progress.step("first answer") as outcome:
                outcome.append(_first_answer(f"{origin}/api/v1/settings"))
            with progress.step("console") as outcome:  # it was built beside all the rest
                outcome.append(site.result())
        _print_addresses(known, self.home, progress.seconds())

    def up_emulator(self) -> str:
        """The embedded AWS alone, with nothing deployed; its address."""
        self.home.mkdir(parents=True, exist_ok=True)
        port = self._ports()["emulator"]
        self._start_emulator(port)
        return f"http://127.0.0.1:{port}"

    def down(self) -> None:
        """Stop what this laptop started, and nothing else; the state stays on disk."""
        for process, patience in ((self.console, 5), (self.emulator, 20)):
            stopped = process.stop(patience)
            print(f"{process.name}: {'stopped' if stopped else 'was not running'}")

    def status(self) -> bool:
        """Whether all of it runs; said on the screen, with the addresses."""
        running = {p.name: p.pid() for p in (self.emulator, self.console)}
        for name, pid in running.items():
            print(f"{name}: {f'running, process {pid}' if pid else 'not running'}")
        if all(running.values()) and self.facts.exists():
            known = json.loads(self.facts.read_text())
            for name in ("console", "api", "websocket", "aws_endpoint"):
                print(f"{name}: {known[name]}")
        return all(running.values())

    def report(self, period: str) -> None:
        """Run the report function by hand, with the event that the queue would give it."""
        grain, day = read_period(period)
        known = json.loads(self.facts.read_text())
        body = json.dumps({"day": day.isoformat(), "grain": grain})
        record = {
            "messageId": f"by-hand-{time.time_ns()}",
            "receiptHandle": "by-hand",
            "body": body,
            "attributes": {"ApproximateReceiveCount": "1"},
            "messageAttributes": {},
            "eventSource": "aws:sqs",
            "eventSourceARN": f"arn:aws:sqs:{REGION}:{ACCOUNT}:trunkline-reports",
            "awsRegion": REGION,
        }
        answer = (
            Cloud(known["aws_endpoint"])
            .client("lambda")
            .invoke(
                FunctionName=known["functions"]["report"],
                Payload=json.dumps({"Records": [record]}).encode(),
            )
        )
        said = answer["Payload"].read().decode()
        failed = answer.get("FunctionError") or json.loads(said or "{}").get("batchItemFailures")
        print(said)
        if failed:
            sys.exit(f"the reports of {period} failed")

    def redrive(self) -> None:
        """Bring back what was put aside as undeliverable; says how much of each queue."""
        known = json.loads(self.facts.read_text())
        cloud = Cloud(known["aws_endpoint"])
        variables = cloud.environment(known["functions"]["api"])
        told = self._run_step("redrive", variables, cloud, [])
        for queue, count in told["brought"].items():
            print(f"{queue}: {count} brought back")
        for queue, count in told["left"].items():
            print(f"{queue}: {count} failed again, or cannot be read any more")
        if not any(told.values()):
            print("nothing was put aside")

    def _deploy(self, progress: Progress, cloud: Cloud, port: int) -> Deployed:
        with progress.step("package") as outcome:
            built = package()
            state = "built" if built.rebuilt else "unchanged"
            outcome.append(f"{built.size / 2**20:.1f} MiB {state}")
        with progress.step("deploy") as outcome:
            told = parameters(cloud.endpoint, f"http://127.0.0.1:{port}")
            deployed = cloud.deploy(built.template, built.code, built.sha256, told)
            self._origin(port, cloud, deployed).write(self._config)
            outcome.append("deployed" if deployed.changed else "unchanged")
        return deployed

    def _ports(self) -> dict[str, int]:
        """The ports of last time, or the next free ones; kept, because addresses are remembered."""
        file = self.home / "ports.json"
        known: dict[str, int] = json.loads(file.read_text()) if file.exists() else {}
        ports: dict[str, int] = {}
        for process in (self.emulator, self.console):
            wanted = known.get(process.name, _FIRST_PORTS[process.name])
            running = process.pid() is not None
            ports[process.name] = wanted if running else _free_port(wanted, set(ports.values()))
        file.write_text(json.dumps(ports))
        return ports

    def _start_emulator(self, port: int) -> list[str]:
        scripts = [Path(__file__).with_name(n) for n in ("emulator.py", "checkpoints.py")]
        venv = ROOT / ".local" / "emulator-venv"
        python = venv / "bin" / "python"
        if not python.exists():
            raise DidNotStart(f"{python} is missing: run `make up`, which makes it")
        stamp = venv / ".trunkline-stamp"
        environment = emulator_environment(self.home, port, python)
        venv_made = stamp.read_text() if stamp.exists() else ""
        code = [script.read_text() for script in scripts]
        # Tests put a module in its place that starts it in bad weather.
        module = os.environ.get("TRUNKLINE_EMULATOR", "infra.local.emulator")
        fingerprint = _digest(*code, venv_made, repr(environment), module)
        if self.emulator.fingerprint() == fingerprint:
            return [f"running on port {port}"]
        self.emulator.stop(20)
        temporary = self.home / "tmp"
        subprocess.run(["rm", "-rf", str(temporary)], check=True)
        temporary.mkdir(parents=True)
        command = [str(python), "-m", module]
        self.emulator.start(command, environment, cwd=ROOT, fingerprint=fingerprint)
        self._wait(self.emulator, f"http://127.0.0.1:{port}/_laptop")
        return [f"started on port {port}"]

    def _start_console(self, port: int, cloud: Cloud) -> list[str]:
        """Before anything is deployed, so that the port is ours while that takes its time."""
        known = Origin.read(self._config) if self._config.exists() else None
        wanted = self._origin(port, cloud)
        if known is None or (known.port, known.emulator) != (port, cloud.endpoint):
            wanted.write(self._config)
        fingerprint = _digest(Path(__file__).with_name("serve.py").read_text(), str(port))
        if self.console.fingerprint() == fingerprint:
            return [f"running on port {port}"]
        self.console.stop()
        command = [sys.executable, "-m", "infra.local.serve", str(self._config)]
        self.console.start(command, os.environ, cwd=ROOT, fingerprint=fingerprint)
        self._wait(self.console, f"http://127.0.0.1:{port}/_origin")
        return [f"started on port {port}"]

    def _origin(self, port: int, cloud: Cloud, deployed: Deployed | None = None) -> Origin:
        site = str(ROOT / "web" / "dist")
        if deployed is None:
            return Origin(port, cloud.endpoint, site)
        rest_api, websocket_api = (
            deployed.outputs[name] for name in ("RestAPIId", "WebsocketAPIId")
        )
        return Origin(port, cloud.endpoint, site, rest_api, websocket_api)

    @property
    def _config(self) -> Path:
        return self.home / "origin.json"

    def _wait(self, process: Process, url: str, seconds: float = 60) -> None:
        """Until it answers that it is ours: somebody else's may have taken the port just before."""
        deadline = time.monotonic() + seconds
        while process.pid() is not None and time.monotonic() < deadline:
            try:
                with urllib.request.urlopen(url, timeout=2) as answer:
                    if json.load(answer).get("home") == str(self.home):
                        return
            except (OSError, ValueError):
                pass
            time.sleep(0.05)  # an operator waits for it
        process.stop()
        raise DidNotStart(f"{process.name} did not start; {process.log} ends:\n{process.tail()}")

    def _run_step(
        self, step: str, variables: Mapping[str, str], cloud: Cloud, outcome: list[str]
    ) -> dict[str, Any]:
        """A deploy step of its own module, with the environment of the deployed functions."""
        if not (ROOT / "infra" / f"{step}.py").exists():
            outcome.append("nothing to do")
            return {}
        environment = {**os.environ, **variables, **credentials(cloud.endpoint)}
        ran = subprocess.run(
            [sys.executable, "-m", f"infra.{step}"],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
        )
        (self.home / "logs" / f"{step}.log").write_text(ran.stderr)
        if ran.returncode:
            raise DidNotStart(f"infra.{step} failed:\n{ran.stdout[-2000:]}\n{ran.stderr[-4000:]}")
        said: dict[str, Any] = json.loads(ran.stdout) if ran.stdout.strip() else {}
        outcome.append("done")
        return said


def _free_port(first: int, taken: set[int]) -> int:
    for port in range(first, first + 200):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        if port not in taken:
            return port
    raise DidNotStart(f"no free port from {first} on")


def _first_answer(url: str) -> str:
    """Asks the API once, so that the person who comes next does not wait for its cold start."""
    try:
        with urllib.request.urlopen(url, timeout=30) as answer:
            return f"{url} {answer.status}"
    except urllib.error.HTTPError as error:
        return f"{url} {error.code}"


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _print_addresses(facts: Mapping[str, Any], home: Path, seconds: float) -> None:
    print(f"\nTrunkline is up after {seconds:.1f} s.\n")
    print(f"  console        {facts['console']}")
    print(f"  customer page  {facts['customer_page']}")
    print(f"  API            {facts['api']}")
    print(f"  AWS endpoint   {facts['aws_endpoint']}")
    for role, user in facts.get("users", {}).items():
        print(f"  {role:<14} {user['username']} / {user['password']}")
    print(f"\nFor scripts: {home / 'acme.json'}. Stop with `make down`.")
