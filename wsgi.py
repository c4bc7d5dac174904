"""The WSGI entry point: `matchmaker serve`, with gunicorn.conf.py."""

from matchmaker.app import create_app
from matchmaker.settings import read_settings
from matchmaker.wiring import wire

wired = wire(read_settings())
# Gunicorn imports this before it forks: workers share what is loaded here.
wired.warm()
app = create_app(wired)
