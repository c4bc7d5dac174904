"""`python -m matchmaker.serving`: what `matchmaker serve` becomes."""

from matchmaker.serving.arbiter import main

main()
