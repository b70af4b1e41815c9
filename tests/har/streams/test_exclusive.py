"""A stream refuses a second thread, and loses nothing."""

import copy
import pickle
import threading
from typing import Any

import numpy as np
import pytest

from common.errors import InvalidInputError
from har import StreamingRecognizer
from har.streams.exclusive import Exclusive
from tests.har.streams import Spy


class Waiting(Spy):
    """A classifier that waits in the middle of a window, once requested."""

    def fit(self, X: Any, y: Any = None) -> "Waiting":
        super().fit(X, y)
        self.waits = False
        self.began, self.may_end = threading.Event(), threading.Event()
        return self

    def predict_proba(self, X: Any) -> Any:
        if self.waits:
            self.began.set()
            assert self.may_end.wait(60)
        return super().predict_proba(X)


@pytest.mark.parametrize("call", ["push", "push nothing", "reset"])
def test_a_second_thread_is_refused(call: str) -> None:
    classifier = Waiting().fit(np.zeros((1, 10, 1)))
    stream = StreamingRecognizer(classifier, rate_hz=10, window_s=1, step_s=1)
    classifier.seen.clear()
    classifier.waits = True
    answers: list[Any] = []
    first = threading.Thread(target=lambda: answers.extend(stream.push(np.arange(10.0))))
    first.start()
    try:
        assert classifier.began.wait(60)
        with pytest.raises(InvalidInputError, match="another thread is pushing to this recognizer"):
            stream.reset() if call == "reset" else stream.push([] if call == "push nothing" else np.zeros(5))
    finally:
        classifier.may_end.set()
        first.join()
    answers += stream.push(np.arange(10.0, 20.0))
    assert [r.time_s for r in answers] == [0.9, 1.9]
    np.testing.assert_array_equal(np.concatenate(classifier.seen)[:, 0], np.arange(20))


def test_a_refused_push_does_not_lock_the_stream() -> None:
    stream = StreamingRecognizer(Spy().fit(np.zeros((1, 10, 1))), rate_hz=10, window_s=1, step_s=1)
    for _ in range(2):
        with pytest.raises(InvalidInputError, match="infinity"):
            stream.push([np.inf])
    assert len(stream.push(np.zeros(10))) == 1


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, lambda lock: pickle.loads(pickle.dumps(lock))])
def test_a_copy_is_an_independent_lock(copied: Any) -> None:
    lock = Exclusive("busy")
    with lock, copied(lock):
        pass
