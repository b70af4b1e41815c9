"""Track 2: fall detection from images of a person.

Names are loaded on first use; ``__init__.pyi`` lists them.
"""

import sys as _sys
from importlib.util import find_spec as _find_spec

import lazy_loader as _lazy


# Another package may also be called `common`. This check is the same in har and fall: it cannot be in `common` itself.
def _version_of_common() -> str:
    """The version of the ``common`` beside this package; raises ImportError if another one would be imported."""
    ours = __path__[0].removesuffix(__name__) + "common"
    try:
        spec = _find_spec("common")
        found = "nothing" if spec is None else next(iter(spec.submodule_search_locations or [spec.origin]))
    except ValueError:  # an entry in sys.modules without a spec
        found = f"{_sys.modules['common']} in sys.modules"
    problem = "is another package: rename or move it, or change the working directory, sys.path or PYTHONPATH"
    if found == ours:
        try:
            import common.errors
            import common.version

            version = common.version.__version__
            if common.__version__ == version and hasattr(common.errors, "FrugalError"):
                return version
            reason = f"common.__version__ is {common.__version__}, common.version says {version}"
        except Exception as error:  # another package's code may raise anything
            reason = str(error)
        problem = f"was overwritten or is incomplete ({reason}): reinstall har-fall in a separate environment"

    from importlib.metadata import packages_distributions

    others = sorted({*packages_distributions().get("common", ())} - {"har-fall"})
    raise ImportError(
        f"{__name__} needs the package common that came with it, {ours}, but `import common` finds {found}, "
        f"which {problem}" + (f" (also installed by {', '.join(others)})" if others else "")
    )


__version__ = _version_of_common()
__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
__all__ += ["__version__"]
