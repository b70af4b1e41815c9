"""What a hub does by itself: look at the time once a second, in a thread that nothing ends."""

from __future__ import annotations

import logging
import threading

from examples.care_home.hub.hub import Hub

logger = logging.getLogger(__name__)


class Clockwork:
    """Calls :meth:`Hub.tick` every second until it is stopped."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="clockwork", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End."""
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(timeout=1.0):
            try:
                self._hub.tick()
            except Exception:  # such as a full disk: the next second may go better
                logger.exception("a second of the hub failed")
