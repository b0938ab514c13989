# SPDX-License-Identifier: BSD-2-Clause
"""What can be told of a laboratory that is up: nodes, links, bindings, flows."""
import json

from netns import LabError


def interfaces(netns):
    """Names of a namespace's interfaces, but lo."""
    return [link['ifname'] for link in json.loads(netns.ip('-j', 'link', 'show')) if link['ifname'] != 'lo']


def _addresses(netns):
    """Global addresses by interface."""
    found = {}
    for link in json.loads(netns.ip('-j', 'addr', 'show')):
        addresses = [f'{each["local"]}/{each["prefixlen"]}' for each in link.get('addr_info', ()) if each['scope'] == 'global']
        if link.get('ifname') not in (None, 'lo') or addresses:
            found[link['ifname']] = {'state': link['operstate'].lower(), 'addresses': addresses}
    return found


def _asked(daemon, command, **args):
    """A daemon's answer, or the reason why there is none."""
    if not daemon:
        return None
    try:
        return daemon.ask(command, **args)
    except (LabError, OSError) as error:
        return {'error': str(error)}


def _node(node):
    found = {'kind': node.kind, 'namespace': node.netns.full_name, 'interfaces': _addresses(node.netns)}
    if node.address:
        found['address'] = node.address
    if node.daemon:
        status = _asked(node.daemon, 'status')
        found['daemon'] = {'control': node.daemon.control, **{key: status[key] for key in ('program', 'pid', 'uptime_s', 'datapath', 'backend', 'error')
                                                              if key in status}}
    if node.kind == 'mn':
        found['terminal'], found['id'] = node.spec.terminal, node.nai
        found['radios'] = {name: {'mag': radio.at.name if radio.at else None, 'technology': radio.technology, 'mac': radio.mac,
                                  'link': f'{node.name}-{name}'} for name, radio in node.radios.items()}
    return found


def facts(lab):
    """Everything, as JSON can have it."""
    result = {'name': lab.name, 'topology': lab.topology.name, 'directory': lab.lab.dir,
              'nodes': {name: _node(node) for name, node in lab.nodes.items()},
              'links': {name: link.impairment.as_text() for name, link in lab.links.items()}, 'bindings': []}
    for node in lab.of_kind('lma'):
        for binding in (_asked(node.daemon, 'bindings', limit=100000) or {}).get('bindings', ()):
            mag = next((mag.name for mag in lab.of_kind('mag') if mag.address == binding['remote']), None)
            result['bindings'].append({'lma': node.name, 'mag': mag, **binding})
    if lab.manager:
        result['flows'] = (_asked(lab.manager, 'list') or {}).get('flows', [])
    return result


def as_text(found):
    """The same for people, shorter."""
    lines = [f'{found["name"]}: topology {found["topology"]}, files in {found["directory"]}']
    for name, node in found['nodes'].items():
        words = [f'  {name:<9}{node["kind"]:<5}']
        if 'daemon' in node:
            daemon = node['daemon']
            words.append(f'{daemon["program"]} pid {daemon["pid"]}, {daemon.get("datapath") or daemon.get("backend")}' if 'program' in daemon
                         else f'its daemon does not answer: {daemon.get("error")}')
        if 'radios' in node:
            words.append(', '.join(f'{radio} at {each["mag"] or "no MAG"}' for radio, each in node['radios'].items()))
        if 'address' in node:
            words.append(node['address'])
        lines.append('  '.join(words))
    for binding in found['bindings']:
        lines.append(f'  {binding["mn_id"]} at {binding["mag"] or binding["remote"]}: {", ".join(binding["prefixes"])}, {binding["state"]}, by {binding["lma"]}')
    for link, values in found['links'].items():
        if values:
            lines.append(f'  link {link}: ' + ' '.join(f'{key}={value}' for key, value in values.items()))
    if 'flows' in found:
        lines.append(f'  {len(found["flows"])} flows')
    return '\n'.join(lines)
