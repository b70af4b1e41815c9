"""Numbers as people read them."""


def with_si_prefix(number: float) -> str:
    """Three digits and a prefix, with the space before a unit.

    Examples
    --------
    >>> [with_si_prefix(number) for number in (712, 71_232, 3_567_960, 43_008, 99_960)]
    ['712 ', '71.2 k', '3.57 M', '43.0 k', '100 k']
    """
    for factor, prefix in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if number >= factor:
            scaled = number / factor
            return f"{scaled:.{2 if scaled < 9.995 else 1 if scaled < 99.95 else 0}f} {prefix}"
    return f"{number:.0f} "


def ordinal(number: int) -> str:
    """The number as a place in an order.

    Examples
    --------
    >>> [ordinal(number) for number in (2, 6, 11, 23)]
    ['2nd', '6th', '11th', '23rd']
    """
    endings = {1: "st", 2: "nd", 3: "rd"}
    return f"{number}{'th' if 10 < number % 100 < 14 else endings.get(number % 10, 'th')}"
