"""The pages: server-rendered, for firms, universities, coordinators and administrators.

Views call the same services as the API. Strings are English in code and templates and
Chinese in `translations/`; `words.py` names the field's terms in both.
"""
