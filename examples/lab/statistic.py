# SPDX-License-Identifier: BSD-2-Clause
"""Whether two samples differ: the test of Mann and Whitney, which asks nothing of their distribution."""
import math


def ranks(values):
    """Ranks from 1, equal values sharing theirs."""
    order = sorted(range(len(values)), key=values.__getitem__)
    result, start = [0.0] * len(values), 0
    while start < len(order):
        end = start
        while end + 1 < len(order) and values[order[end + 1]] == values[order[start]]:
            end += 1
        for place in range(start, end + 1):
            result[order[place]] = (start + end) / 2 + 1
        start = end + 1
    return result


def mann_whitney(one, other):
    """How probable a difference as large as that of two samples is when they come from one distribution: p, two-sided, by the normal
    approximation with correction for ties; good from some eight values of each on."""
    n, m = len(one), len(other)
    if not n or not m:
        raise ValueError('a sample without values')
    together = list(one) + list(other)
    u = sum(ranks(together)[:n]) - n * (n + 1) / 2
    total = n + m
    ties = sum(together.count(value)**3 - together.count(value) for value in set(together))
    variance = n * m / 12 * (total + 1 - ties / (total * (total - 1)))
    if variance <= 0:
        return 1.0
    z = max(0.0, abs(u - n * m / 2) - 0.5) / math.sqrt(variance)
    return math.erfc(z / math.sqrt(2))
