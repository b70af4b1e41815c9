"""The process that :mod:`fall.tflite.first_run` starts: it loads a file and runs it once, and may crash.

The file comes by stdin. The exit code is 0 if it has run on zeros, and 3 if LiteRT has refused it, with the reason on
stdout. Only LiteRT and NumPy are imported, so that it takes a tenth of a second.
"""

import sys
from contextlib import suppress

REFUSED = 3


def main(kernels: str) -> int:
    """Load the file and run it; ``kernels`` names a member of LiteRT's OpResolverType."""
    import numpy as np
    from ai_edge_litert.interpreter import Interpreter, OpResolverType

    with suppress(ImportError, OSError, ValueError):  # there is no such module on Windows
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    content = sys.stdin.buffer.read()
    try:
        interpreter = Interpreter(model_content=content, experimental_op_resolver_type=OpResolverType[kernels])
        interpreter.allocate_tensors()
        for details in interpreter.get_input_details():
            interpreter.set_tensor(details["index"], np.zeros(details["shape"], details["dtype"]))
        interpreter.invoke()
    except (RuntimeError, ValueError) as error:
        sys.stdout.write(str(error))
        return REFUSED
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
