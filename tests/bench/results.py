# SPDX-License-Identifier: BSD-2-Clause
"""Results of measurements: a bench prints rows, JSON objects one a line; all rows of a run of it are a file in the results' folder, behind a line
that says on what machine and when."""
import datetime
import json
import os
import platform
import statistics


def emit(table, **values):
    """Print a row of a table."""
    print(json.dumps({'table': table, **values}), flush=True)


def median(values):
    """Of measured rounds."""
    return statistics.median(values)


def machine():
    """What is measured on."""
    with open('/proc/cpuinfo', encoding='utf-8') as file:
        names = [line.split(':', 1)[1].strip() for line in file if line.startswith('model name')]
    return {'cpus': len(os.sched_getaffinity(0)), 'cpu': names[0] if names else platform.machine(), 'kernel': platform.release(),
            'date': datetime.date.today().isoformat()}


def write(folder, bench, rows):
    """Keep the rows of a run of a bench."""
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, f'{bench}.json'), 'w', encoding='utf-8') as file:
        for row in ({'machine': machine()}, *rows):
            file.write(json.dumps(row) + '\n')


class Results:
    """What a folder has of all benches."""

    def __init__(self, folder):
        self.machines, self.tables = [], {}
        for name in sorted(os.listdir(folder)):
            if not name.endswith('.json'):
                continue
            with open(os.path.join(folder, name), encoding='utf-8') as file:
                head, *rows = map(json.loads, file)
            self.machines.append(head['machine'])
            for row in rows:
                self.tables.setdefault(row['table'], []).append(row)

    def rows(self, table, **wanted):
        """The rows of a table that have these values."""
        return [row for row in self.tables.get(table, []) if all(row.get(key) == value for key, value in wanted.items())]

    def value(self, column, table, **wanted):
        """A value of the one row that has these values; None: it was not measured."""
        rows = self.rows(table, **wanted)
        return rows[0].get(column) if rows else None
