"""The WSGI entry point: `gunicorn --config gunicorn.conf.py wsgi:app`."""

from matchmaker.app import create_app

app = create_app()
