"""The WSGI entry point: `matchmaker serve`, with gunicorn.conf.py."""

import sys

from matchmaker.app import create_app
from matchmaker.errors import SettingsError
from matchmaker.settings import read_settings
from matchmaker.wiring import wire

wired = wire(read_settings())
# Gunicorn imports this before it forks: workers share what is loaded here.
try:
    wired.warm()
except SettingsError as error:
    sys.exit(f"Error: {error}")
app = create_app(wired)
