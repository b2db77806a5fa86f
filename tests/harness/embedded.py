"""The embedded worker as it runs in a web server's process, on the fast clock, until it is killed."""

import threading

from harness import fast

from lti_tool import worker
from lti_tool.config import load

if __name__ == "__main__":
    worker.PAUSE = 0.05
    worker.start_embedded(fast.works(), load().data / "worker.lock", threading.Event()).join()
