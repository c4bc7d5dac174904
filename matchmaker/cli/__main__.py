"""`python -m matchmaker.cli`, where the script is not on the path."""

from matchmaker.cli import main

main()
