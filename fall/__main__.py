"""The command `fall`, also as `python -m fall`."""

from common.command_line.start import start


def main() -> None:
    """Run the command line."""
    start("fall")


if __name__ == "__main__":
    main()
