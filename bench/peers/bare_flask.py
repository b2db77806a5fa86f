"""A Flask page and nothing else: one template with a title and the same lesson text as our page."""

import os
from pathlib import Path

from flask import Flask, render_template

app = Flask(__name__)
body = Path(os.environ["BENCH_BODY"]).read_text(encoding="utf-8")


@app.get("/")
def page() -> str:
    """The lesson."""
    return render_template("bare.html", title="Lesson", body=body)
