/**
 * Starts pytest with a plugin of ours that counts what happened and seals the report when pytest is done. pytest itself is
 * imported before the project's folder is on the search path, where a file named \`pytest.py\` would stand in for it.
 *
 * Unlike the runners of JavaScript, pytest runs tests in its own process: code that looks for the seal there can find
 * it. A test that writes a report and ends the process cannot.
 *
 * Arguments: pytest's own.
 */
export const PYTEST_ENTRY = `
import sys
sys.path[:] = [entry for entry in sys.path if entry not in ("", sys.path[0])]
import hashlib, hmac, json, os
import pytest

folder = os.path.dirname(os.path.abspath(__file__))


def make_seal():
    key = sys.stdin.buffer.read()
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)

    def seal(text):
        path = os.path.join(folder, "report")
        if os.path.lexists(path):
            os.remove(path)
        digest = hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
        with open(path, "x", encoding="utf-8") as file:
            file.write(digest + "\\n" + text)

    return seal


class SealedReport:
    def __init__(self):
        self.cases = {}
        self.collected = 0
        self.exit_status = None

    def pytest_collection_finish(self, session):
        self.collected = len(session.items)

    def pytest_collectreport(self, report):
        if report.failed:
            self.add(report.nodeid, [], "failed", 0, str(report.longrepr))

    def pytest_runtest_logreport(self, report):
        file, *names = report.nodeid.split("::")
        if report.failed:
            self.add(report.nodeid, names, "failed", report.duration, str(report.longrepr))
        elif report.skipped:
            self.add(report.nodeid, names, "skipped", report.duration, None)
        elif report.when == "call":
            self.add(report.nodeid, names, "passed", report.duration, None)
        if report.when == "teardown" and report.nodeid in self.cases:
            self.cases[report.nodeid]["finished"] = True

    def pytest_sessionfinish(self, session, exitstatus):
        self.exit_status = int(exitstatus)

    def add(self, nodeid, names, status, seconds, failure):
        known = self.cases.get(nodeid)
        if known is not None and known["status"] == "failed":
            return
        self.cases[nodeid] = {
            "file": nodeid.split("::")[0],
            "names": names,
            "status": status,
            "durationMs": seconds * 1000,
            "failure": failure,
            "finished": not names,
        }


def main():
    seal = make_seal()
    report = SealedReport()
    sys.path.insert(0, os.getcwd())
    code = int(pytest.main(sys.argv[1:], plugins=[report]))
    coverage = None
    try:
        with open(os.path.join(folder, "coverage.json"), encoding="utf-8") as file:
            coverage = file.read()
    except OSError:
        pass
    seal(json.dumps({
        "cases": list(report.cases.values()),
        "collected": report.collected,
        "exitStatus": report.exit_status,
        "coverage": coverage,
    }))
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


main()
`.trimStart()
