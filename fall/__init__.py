"""Track 2: fall detection from images of a person.

Names are loaded on first use; ``__init__.pyi`` lists them.
"""

import sys as _sys
from importlib.util import find_spec as _find_spec

import lazy_loader as _lazy


# `common` is a name that others give, too. These lines are the same in har and fall: they cannot stand in `common`.
def _version_of_common() -> str:
    """The version of the ``common`` beside this package; an ImportError that says what to do if another is found."""
    ours = __path__[0].removesuffix(__name__) + "common"
    try:
        spec = _find_spec("common")
        found = "nothing" if spec is None else next(iter(spec.submodule_search_locations or [spec.origin]))
    except ValueError:  # made by hand
        found = f"{_sys.modules['common']} in sys.modules"
    problem = "is another: rename or move it, or change the working directory, sys.path or PYTHONPATH"
    if found == ours:
        try:
            import common.errors
            import common.version

            version = common.version.__version__
            if common.__version__ == version and hasattr(common.errors, "FrugalError"):
                return version
            reason = f"common.__version__ is {common.__version__}, common.version says {version}"
        except Exception as error:  # whatever another's code raises
            reason = str(error)
        problem = f"was overwritten or is not whole ({reason}): install har-fall again, in an environment of its own"

    from importlib.metadata import packages_distributions

    others = sorted({*packages_distributions().get("common", ())} - {"har-fall"})
    raise ImportError(
        f"{__name__} needs the package common that came with it, {ours}, but `import common` finds {found}, "
        f"which {problem}" + (f" (a common also comes with {', '.join(others)})" if others else "")
    )


__version__ = _version_of_common()
__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
__all__ += ["__version__"]
