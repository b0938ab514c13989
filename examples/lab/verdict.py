# SPDX-License-Identifier: BSD-2-Clause
"""What is said of a claim: whether it holds here, the number, and where it does not hold, why."""
from experiment_qos import values
from traffic import CONNECTIONS


HOLDS, DIFFERS, FAILS = 'holds', 'differs', 'fails'


class Verdict:
    """True when the claim holds. measured: the number, as text; why: what makes the difference where we differ from the paper. A claim that does
    not hold for no such reason fails."""

    def __init__(self, holds, measured, why=''):
        self.holds, self.measured, self.why = bool(holds), measured, '' if holds else why

    @property
    def status(self):
        """In a word."""
        return HOLDS if self.holds else DIFFERS if self.why else FAILS

    def __bool__(self):
        return self.holds


def both_of(kinds):
    """Makes, of a test, one over the summaries of all kinds."""
    def both(test):
        def tested(summary):
            found = {kind: test(summary[kind]) for kind in kinds}
            return Verdict(all(found.values()), '; '.join(f'{kind}: {verdict.measured}' for kind, verdict in found.items()))
        return tested
    return both


def all_seen(summary):
    """Every trigger has moved the flow."""
    return Verdict(summary['seen'] == len(summary['moves']) > 0, f'{summary["seen"]} of {len(summary["moves"])} moves')


def two_intervals(summary):
    """Every move came within two polling intervals."""
    after, limit = values(summary, 'after_ms'), 2000 * summary['poll_s']
    return Verdict(after and None not in after and max(after) <= limit,
                   f'{_span(after)} after the trigger; two intervals are {limit:.0f} ms')


def recovers(summary):
    """Every move brought back the rate."""
    back = values(summary, 'recovered_ms')
    return Verdict(back and None not in back, f'80 % of its rate again {_span(back)} after the trigger')


def tcp_whole(*runs):
    """TCP's connections were opened once, and never reset."""
    bad = [run['tcp'] for run in runs if run['tcp']['error'] or run['tcp']['resets'] or run['tcp']['opened'] != CONNECTIONS]
    resent = sum(run['tcp']['retransmissions'] for run in runs)
    return Verdict(runs and not bad, f'{len(runs) - len(bad)} of {len(runs)} connections whole: opened once, never reset; {resent} retransmissions'
                   + (f'; {bad[0]}' if bad else ''))


def _span(numbers):
    known = [number for number in numbers if number is not None]
    if not known:
        return 'never'
    missing = f', {len(numbers) - len(known)} never' if len(known) < len(numbers) else ''
    return f'{min(known):.0f} to {max(known):.0f} ms{missing}'
