"""The WSGI entry point: `gunicorn --config gunicorn.conf.py wsgi:app`."""

from matchmaker.app import create_app
from matchmaker.settings import read_settings
from matchmaker.wiring import wire

wired = wire(read_settings())
# Gunicorn imports this before it forks: workers share what is loaded here.
wired.warm()
app = create_app(wired)
