"""What a WSGI server loads: the application, with the embedded worker beside it unless switched off."""

import atexit
import gc
import threading

from lti_tool.app import create_app, nobody, utc_now
from lti_tool.config import load
from lti_tool.logs import log_json
from lti_tool.web.current import Parts
from lti_tool.worker import ENDING, Works, start_embedded

log_json()
settings = load()
wake = nobody
if settings.redis_url:
    from lti_tool import tasks  # an optional extra, needed where there is Redis

    wake = tasks.Bell(tasks.wake).ring
app = create_app(settings, wake=wake)
stop = threading.Event()

# The course and the libraries stay for good: the collector need not look at them again and again.
gc.collect()
gc.freeze()
# What a request leaves behind is freed without it: to look for circles after every 700 objects cost a tenth.
gc.set_threshold(20_000, 20, 50)

if settings.embedded_worker:
    parts: Parts = app.extensions["lti_tool"]
    works = Works(parts.engine, parts.http, parts.course, utc_now, scores_at_once=settings.scores_at_once)
    worker = start_embedded(works, settings.data / "worker.lock", stop)

    def leave() -> None:
        """What is under way may arrive, and what has not begun is given back, before the process ends."""
        stop.set()
        worker.join(ENDING)

    atexit.register(leave)
