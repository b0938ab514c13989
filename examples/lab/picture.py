# SPDX-License-Identifier: BSD-2-Clause
"""A picture of a topology as SVG: CNs, LMAs, MAGs and mobile nodes in four rows, their links, and what is the matter with these."""
from xml.sax.saxutils import escape

ROWS = ('cn', 'lma', 'mag', 'mn')
TITLES = {'cn': 'correspondent nodes', 'lma': 'local mobility anchors', 'mag': 'mobile access gateways', 'mn': 'mobile nodes'}
FILL = {'cn': '#f2f2f2', 'lma': '#dbe9f6', 'mag': '#dff0d8', 'mn': '#fdf1d0'}
WIDTH, HEIGHT, ROW, MARGIN, TITLE = 132, 44, 130, 24, 150
MOST = 8  # nodes in a row that are drawn; the rest is a number

STYLE = '''\
text { font-family: sans-serif; font-size: 12px; fill: #222 }
.small { font-size: 10px; fill: #555 }
.node { stroke: #555 }
.link { stroke: #777; stroke-width: 1.4; fill: none }
.radio { stroke: #b36b00; stroke-width: 1.8; fill: none }
.off { stroke-dasharray: 4 4; stroke: #bbb }
.label { font-size: 10px; fill: #333; paint-order: stroke; stroke: #fff; stroke-width: 3px }'''


def _text(x, y, text, kind=None, anchor='middle'):
    return f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}"{f" class=%s{kind}%s" % (chr(34), chr(34)) if kind else ""}>{escape(text)}</text>'


class Picture:
    """One picture: add nodes and lines, then ask for the SVG."""

    def __init__(self, title):
        self.title = title
        self.rows = {kind: [] for kind in ROWS}
        self.lines = []

    def node(self, kind, name, detail=''):
        """A node and a few words about it."""
        self.rows[kind].append((name, detail))

    def line(self, upper, lower, label='', kind='link'):
        """A line from a node to one in a row below."""
        self.lines.append((upper, lower, label, kind))

    def _places(self):
        places, widest = {}, max(min(len(row), MOST + 1) for row in self.rows.values())
        width = widest * (WIDTH + MARGIN)
        for number, kind in enumerate(ROWS):
            shown = self.rows[kind][:MOST]
            slots = len(shown) + (len(self.rows[kind]) > MOST)
            for n, (name, _) in enumerate(shown):
                places[name] = (TITLE + width * (n + 0.5) / max(slots, 1), MARGIN * 2 + ROW * number)
        return places, TITLE + width + MARGIN

    def svg(self):
        """The picture as text."""
        places, width = self._places()
        height = MARGIN * 3 + ROW * 3 + HEIGHT
        out = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height}" viewBox="0 0 {width:.0f} {height}">',
               f'<title>{escape(self.title)}</title>', f'<style>{STYLE}</style>', f'<rect width="{width:.0f}" height="{height}" fill="#fff"/>',
               _text(MARGIN / 2, MARGIN * 0.8, self.title, anchor='start')]
        labels = []
        beside = {}
        for upper, lower, label, kind in self.lines:
            if upper in places and lower in places:
                n = beside[upper, lower] = beside.get((upper, lower), -1) + 1
                (x1, y1), (x2, y2) = places[upper], places[lower]
                x1, x2 = x1 + 24 * n, x2 + 24 * n
                out.append(f'<path class="{kind}" d="M{x1:.0f} {y1 + HEIGHT} L{x2:.0f} {y2}"/>')
                share = 0.36 + 0.26 * (len(labels) % 2)  # beside the middle, where lines cross
                labels.append(_text(x1 + (x2 - x1) * share, y1 + HEIGHT + (y2 - y1 - HEIGHT) * share, label, 'label'))
        for number, kind in enumerate(ROWS):
            y = MARGIN * 2 + ROW * number
            out.append(_text(MARGIN / 2, y + HEIGHT / 2 + 4, TITLES[kind], 'small', 'start'))
            for name, detail in self.rows[kind][:MOST]:
                x = places[name][0]
                out.append(f'<rect class="node" x="{x - WIDTH / 2:.0f}" y="{y}" width="{WIDTH}" height="{HEIGHT}" rx="6" fill="{FILL[kind]}"/>')
                out.append(_text(x, y + (18 if detail else HEIGHT / 2 + 4), name))
                out.append(_text(x, y + 34, detail, 'small'))
            if len(self.rows[kind]) > MOST:
                out.append(_text(width - MARGIN - WIDTH / 2, y + HEIGHT / 2 + 4, f'and {len(self.rows[kind]) - MOST} more'))
        return '\n'.join(out + labels + ['</svg>', ''])


def of(topology, at=None, impairments=None):
    """The picture of a topology; of one that is up, at says where radios are, {(mn, radio): mag or None}, and impairments how links are."""
    picture = Picture(f'{topology.name}: datapath {topology.datapath}, attachment by {topology.trigger}' + (', flow manager' if topology.flow_manager else ''))
    links = impairments or topology.links

    def label(name, impairment):
        found = links.get(name, impairment)
        return ' '.join(found.as_text().values()) if found else ''

    for cn in topology.cns:
        picture.node('cn', cn)
    for lma in topology.lmas.values():
        picture.node('lma', lma.name, lma.pool)
    for mag in topology.mags:
        picture.node('mag', mag)
    for mn in topology.mns.values():
        picture.node('mn', mn.name, mn.terminal)
    for lma in topology.lmas:
        for cn in topology.cns:
            picture.line(cn, lma, label(f'{cn}-{lma}', None))
        for mag in topology.mags:
            picture.line(lma, mag, label(f'{lma}-{mag}', None))
    for mn in topology.mns.values():
        for radio in mn.radios:
            mag = at[mn.name, radio.name] if at else radio.mag
            picture.line(mag or radio.mags[0], mn.name, f'{radio.name} {label(f"{mn.name}-{radio.name}", radio.impairment)}'.strip(),
                         'radio' if mag else 'radio off')
    return picture.svg()
