"""`python -m toolkit` is `aftersales`."""

from toolkit.cli.door import main

if __name__ == "__main__":
    main()
