"""The rest of the world: tests/sink collects what leaves the server."""
import os


class Sink:
    role = "sink"

    def __init__(self, layout, ports):
        self.layout = layout
        self.ports = ports
        self.folder = layout.path("sink")

    def prepare(self):
        os.makedirs(self.folder, exist_ok=True)
        os.chmod(self.folder, 0o755)

    def environment(self):
        return {}

    def argv(self):
        program = os.path.join(os.path.dirname(os.path.dirname(
            os.path.realpath(__file__))), "sink")
        return [program, "--port", str(self.ports["sink"]), self.folder]

    logs = ("sink.log",)

    def probes(self):
        return [self.ports["sink"]]
