"""A node that is told to end in the middle of whatever it does."""

import signal
import threading

from examples.care_home.room.node import stop_on_signals


class HoldsItsLock:
    """Stands for a node: its main thread is interrupted while it holds the lock that ``stop`` needs."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.stopped = threading.Event()

    def stop(self) -> None:
        with self.lock:
            self.stopped.set()


def test_a_signal_stops_a_node_that_holds_its_lock() -> None:
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        for number in before:
            node = HoldsItsLock()
            stop_on_signals(node)  # type: ignore[arg-type]
            with node.lock:
                signal.raise_signal(number)
                assert not node.stopped.is_set()
            assert node.stopped.wait(timeout=10)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
