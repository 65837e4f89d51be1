"""`python -m kerumun`."""

from kerumun.cli import main

main()
