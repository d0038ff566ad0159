"""Measures `apus serve` beside its peers: the same requests by the same client (wrk) to one server after the other.

Peers: scikit-learn behind Flask, run by gunicorn with two workers (server.py), and MLServer with its scikit-learn runtime.
MLServer gets an environment of its own: $APUS_BENCH_MLSERVER, or Benchmarks/.venv-mlserver, which is made when it is missing.
The client shares the processors with the server. Rounds alternate between the servers; the best of each counts.
"""
import contextlib
import http.client
import json
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
QUIET = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
ROW = '{"data": [5.1, 3.5, 1.4, 0.2]}'
TENSOR = '{"inputs": [{"name": "rows", "shape": [1, 4], "datatype": "FP64", "data": [5.1, 3.5, 1.4, 0.2]}]}'
FOREST_ROW = json.dumps({"data": [round(0.1 * k - 1, 1) for k in range(20)]})

WORKS = {
    "serve": "one-row /predict, logistic regression, wrk -t1 -c16",
    "serve-v2": "one-row /v2/models/iris/infer, logistic regression, wrk -t1 -c16",
    "serve-forest": "one-row /predict, forest of 100 trees, 20 columns, wrk -t1 -c16",
    "serve-tail": "one-row /predict at half of the peak: 32 connections, each pausing between two requests",
    "serve-start": "from the start of the process to readiness, model of 10 MB",
    "serve-memory": "resident memory of a server with three models",
    "serve-watched": "what the monitor and the prediction log cost, one-row /predict, wrk -t1 -c16",
}


def sh(*command):
    subprocess.run(command, check=True, **QUIET)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


@contextlib.contextmanager
def running(command, port, path="/", cwd=None, environment=None):
    """A server that answers at its port, for as long as the block lasts."""
    log = tempfile.TemporaryFile()
    process = subprocess.Popen(command, cwd=cwd, stdout=log, stderr=log, env={**os.environ, **(environment or {})})
    try:
        for _ in range(600):
            with contextlib.suppress(OSError):
                connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
                connection.request("GET", path)
                if connection.getresponse().status < 500:
                    break
            if process.poll() is not None:
                log.seek(0)
                raise RuntimeError(f"{command[0]} ended: {log.read()[-500:].decode(errors='replace')}")
            time.sleep(0.1)
        else:
            raise RuntimeError(f"{command[0]} does not answer")
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        log.close()


def load(port, path, body, seconds, connections=16, pause=0.0):
    """Figures of requests that are sent as fast as they are answered, or with pauses of `pause` ms on average."""
    script = os.path.join(tempfile.gettempdir(), f"apus-wrk-{port}.lua")
    with open(script, "w") as f:
        f.write('wrk.method = "POST"\nwrk.headers["Content-Type"] = "application/json"\n')
        f.write(f"wrk.body = '{body}'\n")
        if pause:
            # Whole milliseconds, evenly spread around the wanted mean, so that the connections do not march in step.
            low, share = divmod(2 * pause, 1)
            f.write(f"function delay() return math.random(0, {int(low)} + (math.random() < {share:.4f} and 1 or 0)) end\n")
        f.write(
            "done = function(s, l, r) io.write(string.format('{\"rate\": %f, \"p50\": %f, \"p99\": %f, \"max\": %f, \"errors\": %d}\\n',"
            " s.requests / s.duration * 1e6, l:percentile(50) / 1e3, l:percentile(99) / 1e3, l.max / 1e3,"
            " s.errors.status + s.errors.read + s.errors.timeout + s.errors.connect)) end\n"
        )
    output = subprocess.run(
        ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "-s", script, f"http://127.0.0.1:{port}{path}"],
        check=True, stdout=subprocess.PIPE, text=True).stdout
    os.unlink(script)
    return json.loads(next(line for line in output.splitlines() if line.startswith("{")))


class Bench:
    def __init__(self, apus, python, folder, repeat):
        if not shutil.which("wrk"):
            raise RuntimeError("wrk is not installed (Debian: apt-get install wrk)")
        self.apus, self.python, self.folder, self.repeat = apus, python, folder, repeat

    # Models

    def iris(self):
        file = os.path.join(self.folder, "iris.apus")
        sh(self.apus, "train", "iris", "--target", "species", "--model", "logistic-regression", "-o", file)
        return file

    def forest(self, rows=2000, name="forest"):
        """A forest of 100 trees on 20 columns; server.py grows its own on data of the same kind and size."""
        data, file = (os.path.join(self.folder, f"{name}.{end}") for end in ("csv", "apus"))
        sh(self.apus, "data", "make", "make_classification", "--set", f"n_samples={rows}", "--set", "n_features=20",
           "--set", "n_informative=10", "--seed", "1", "-o", data)
        sh(self.apus, "train", data, "--target", "y", "--model", "random-forest", "--no-test", "-o", file)
        return file

    # Servers

    def serve(self, *models, more=()):
        port = free_port()
        return port, running([self.apus, "serve", *models, "--port", str(port), "--log-level", "error", *more], port)

    def flask(self, model):
        port = free_port()
        command = [self.python, "-m", "gunicorn", "-w", "2", "-b", f"127.0.0.1:{port}", "server:app"]
        return port, running(command, port, cwd=HERE, environment={"MODEL": model})

    def mlserver(self):
        python = os.environ.get("APUS_BENCH_MLSERVER")
        if not python:
            venv = os.path.join(HERE, ".venv-mlserver")
            python = os.path.join(venv, "bin", "python")
            if not os.path.exists(python):
                print("preparing MLServer (pip install into Benchmarks/.venv-mlserver)", file=sys.stderr)
                subprocess.run([sys.executable, "-m", "venv", venv], check=True)
                subprocess.run([python, "-m", "pip", "install", "--quiet", "-r",
                                os.path.join(HERE, "requirements-mlserver.txt")], check=True)
        home = os.path.join(self.folder, "mlserver")
        os.makedirs(os.path.join(home, "iris"), exist_ok=True)
        subprocess.run([python, "-c", (
            "import joblib; from sklearn.datasets import load_iris; from sklearn.linear_model import LogisticRegression;"
            "joblib.dump(LogisticRegression(max_iter=1000).fit(*load_iris(return_X_y=True)), 'iris/model.joblib')")],
            check=True, cwd=home)
        port = free_port()
        with open(os.path.join(home, "iris", "model-settings.json"), "w") as f:
            json.dump({"name": "iris", "implementation": "mlserver_sklearn.SKLearnModel",
                       "parameters": {"uri": "./model.joblib", "version": "1"}}, f)
        with open(os.path.join(home, "settings.json"), "w") as f:
            # Without workers of its own the model is asked where the request is read: the fastest way for so small a model.
            json.dump({"http_port": port, "grpc_port": free_port(), "metrics_port": free_port(), "debug": False,
                       "parallel_workers": 0}, f)
        command = [os.path.join(os.path.dirname(python), "mlserver"), "start", home]
        return port, running(command, port, "/v2/models/iris/ready", cwd=home)

    # Measurements

    def best(self, servers, connections=16):
        """The figures of each of `servers`: name -> (make, path, body), measured in turn."""
        best = {}
        for _ in range(self.repeat):
            for name, (make, path, body) in servers.items():
                port, server = make()
                with server:
                    load(port, path, body, 1, connections)
                    row = load(port, path, body, 5, connections)
                if name not in best or row["rate"] > best[name]["rate"]:
                    best[name] = row
        for name, row in best.items():
            print(f"    {name:<18}{row['rate']:>10.0f} requests/s   p50 {row['p50']:.2f} ms   p99 {row['p99']:.2f} ms"
                  f"   errors {row['errors']}")
        return best

    def beside(self, servers, bars):
        best = self.best(servers)
        kept = [best["apus"]["errors"] == 0]
        for peer, bar in bars.items():
            rate, tail = best["apus"]["rate"] / best[peer]["rate"], best["apus"]["p99"] / best[peer]["p99"]
            print(f"    {rate:.1f} times the requests of {peer} (bar {bar}{'' if rate >= bar else ', MISSED'}),"
                  f" p99 at {tail:.3f} of it (bar 0.333{'' if tail <= 1 / 3 else ', MISSED'})")
            kept += [rate >= bar, tail <= 1 / 3]
        return kept

    def run_serve(self):
        model = self.iris()
        return self.beside({"apus": (lambda: self.serve(model), "/predict", ROW),
                            "flask": (lambda: self.flask("iris"), "/predict", ROW)}, {"flask": 10})

    def run_serve_v2(self):
        model = self.iris()
        return self.beside({"apus": (lambda: self.serve(model), "/v2/models/iris/infer", TENSOR),
                            "mlserver": (self.mlserver, "/v2/models/iris/infer", TENSOR),
                            "flask": (lambda: self.flask("iris"), "/predict", ROW)}, {"mlserver": 8, "flask": 8})

    def run_serve_forest(self):
        model = self.forest()
        return self.beside({"apus": (lambda: self.serve(model), "/predict", FOREST_ROW),
                            "flask": (lambda: self.flask("forest"), "/predict", FOREST_ROW)}, {"flask": 10})

    def run_serve_tail(self):
        port, server = self.serve(self.iris())
        rows = []
        with server:
            load(port, "/predict", ROW, 1)
            peak = max(load(port, "/predict", ROW, 4)["rate"] for _ in range(2))
            wanted, connections = peak / 2, 32
            interval = 1e3 * connections / wanted
            # Answers and the client's clock take their time too: the pause that gives the rate is found by trying.
            pause = interval
            for _ in range(3):
                taken = 1e3 * connections / load(port, "/predict", ROW, 1, connections, pause)["rate"]
                pause = max(0.05, pause + interval - taken)
            for _ in range(self.repeat):
                rows.append(load(port, "/predict", ROW, 6, connections, pause))
        row = sorted(rows, key=lambda row: row["p99"])[len(rows) // 2]
        print(f"    {row['rate']:.0f} of at most {peak:.0f} requests/s ({100 * row['rate'] / peak:.0f} %): p50 {row['p50']:.2f} ms,"
              f" p99 {row['p99']:.2f} ms (bar 5), at most {row['max']:.1f} ms, errors {row['errors']}")
        return [row["p99"] < 5 and row["errors"] == 0 and row["rate"] > 0.4 * peak]

    def run_serve_start(self):
        model = self.forest(rows=13_000, name="large")
        size = os.path.getsize(model) / 1e6
        times = []
        for _ in range(9):
            port = free_port()
            start = time.perf_counter()
            process = subprocess.Popen([self.apus, "serve", model, "--port", str(port), "--log-level", "error"], **QUIET)
            try:
                while True:
                    try:
                        with socket.create_connection(("127.0.0.1", port), timeout=5) as s:
                            s.sendall(b"GET /v2/health/ready HTTP/1.1\r\nHost: x\r\n\r\n")
                            if s.recv(4096).startswith(b"HTTP/1.1 200"):
                                break
                    except OSError:
                        pass
                    time.sleep(0.0005)
                times.append(time.perf_counter() - start)
            finally:
                process.send_signal(signal.SIGTERM)
                process.wait()
        median = statistics.median(times)
        print(f"    {1e3 * median:.0f} ms, at most {1e3 * max(times):.0f} ms (bar 100), model of {size:.1f} MB")
        return [median < 0.1 and 9 <= size]

    def run_serve_memory(self):
        tree = os.path.join(self.folder, "diabetes.apus")
        sh(self.apus, "train", "diabetes", "--target", "progression", "--model", "hist-gradient-boosting", "--no-test", "-o", tree)
        port, server = self.serve(self.iris(), self.forest(), tree)
        with server as process:
            def resident(kind="VmRSS"):
                with open(f"/proc/{process.pid}/status") as f:
                    return int(next(line for line in f if line.startswith(kind)).split()[1]) / 1024
            before = resident()
            for path, body in (("/predict", ROW), ("/models/forest/predict", FOREST_ROW)):
                load(port, path, body, 4)
            after, own = resident(), resident("RssAnon")
        print(f"    {before:.1f} MB at the start, {after:.1f} MB after traffic (bar 60{'' if after < 60 else ', MISSED'}); its own are {own:.1f} MB,"
              " the rest are pages of the program and its libraries")
        return [after < 60]

    def run_serve_watched(self):
        model = self.iris()

        def logged():
            file = os.path.join(self.folder, "predictions.db")
            for end in ("", "-wal", "-shm"):
                with contextlib.suppress(FileNotFoundError):
                    os.unlink(file + end)
            return self.serve(model, more=["--database", file])
        best = self.best({"alone": (lambda: self.serve(model, more=["--no-monitor"]), "/predict", ROW),
                          "monitor": (lambda: self.serve(model), "/predict", ROW),
                          "monitor and log": (logged, "/predict", ROW)})
        kept = []
        # The log writes every row to the disk, on the same two processors that answer and ask.
        for name, bar in (("monitor", 0.1), ("monitor and log", 0.2)):
            cost = 1 - best[name]["rate"] / best["alone"]["rate"]
            print(f"    {name} costs {100 * cost:.0f} % (bar {100 * bar:.0f}{'' if cost <= bar else ', MISSED'})")
            kept.append(cost <= bar)
        return kept

    def run(self, name):
        print(f"\n{WORKS[name]}")
        return getattr(self, "run_" + name.replace("-", "_"))()
