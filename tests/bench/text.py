# SPDX-License-Identifier: BSD-2-Clause
"""Numbers as doc/performance.md has them: thousands in groups, two digits that count, times in the unit that suits them."""
import math

MISSING = '—'


def whole(value):
    """1 000 000."""
    return f'{round(value):,}'.replace(',', ' ')


def short(value):
    """Two digits that count, and all before the point: 0.52, 2.7, 68."""
    if value == 0:
        return '0'
    after = max(0, 1 - math.floor(math.log10(abs(value))))
    return whole(value) if after == 0 else f'{value:.{after}f}'


def rate(value):
    """Three digits that count: 86 600."""
    digits = max(0, math.floor(math.log10(abs(value))) - 2) if value else 0
    return whole(round(value, -digits))


def ratio(value):
    """Of one to another."""
    return f'{value:.2f}' if value < 10 else short(value)


def duration(us):
    """A time, given in microseconds."""
    for unit, size in (('ns', 1e-3), ('us', 1), ('ms', 1e3)):
        if us < 1000 * size * 0.9995:
            return f'{short(us / size)} {unit}'
    return f'{short(us / 1e6)} s'
