"""The WSGI entry point: `matchmaker serve`, with gunicorn.conf.py."""

import sys

from matchmaker.app import create_app
from matchmaker.errors import SettingsError
from matchmaker.messages import message, terminal_language
from matchmaker.settings import read_settings
from matchmaker.wiring import wire

wired = wire(read_settings())
# Gunicorn imports this before it forks: workers share what is loaded here.
try:
    wired.warm()
except SettingsError as error:
    language = terminal_language()
    sys.exit(message("Error: %(what)s", what=error.text(language)).text(language))
app = create_app(wired)
