"""The command `har`, also as `python -m har`."""

from common.command_line.start import start


def main() -> None:
    """Run the command line."""
    start("har")


if __name__ == "__main__":
    main()
