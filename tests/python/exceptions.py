#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Every error is a Python exception: those of the library with their names, wrong types and closed objects as TypeError; nothing crashes."""
import lib  # noqa: F401  pylint: disable=unused-import
import pmip
from pmip import flow

ADDRESS = '2001:db8:a::1'


def raises(kind, call, *arguments, name=None, **keywords):
    """The call raises an exception of this kind, and of this name."""
    try:
        call(*arguments, **keywords)
    except kind as error:
        assert name is None or error.name == name == f'PMIP_ERR_{error.code.name}', repr(error)
        return error
    except BaseException as error:  # pylint: disable=broad-except
        raise AssertionError(f'{call} {arguments}: {error!r} is no {kind.__name__}') from error
    raise AssertionError(f'{call} {arguments} is no {kind.__name__}')


def of_the_library():
    """Names, classes, codes."""
    config = pmip.LmaConfig(address=ADDRESS)
    config.add_pool('2001:db8::/48', 64)
    raises(pmip.StateError, config.add_pool, '2001:db8::/48', 64, name='PMIP_ERR_EXIST')
    raises(pmip.StateError, config.set_address, 'ff02::1', name='PMIP_ERR_INVALID')
    raises(pmip.PolicyError, pmip.Mag, pmip.MagConfig(), name='PMIP_ERR_CONFIG')
    lma = pmip.Lma(config)
    lma.handle_timeout(5)
    error = raises(pmip.Error, lma.handle_timeout, 4, name='PMIP_ERR_TIME')
    assert error.code == pmip.Err.TIME and error.diag is None and 'clock' in str(error)
    raises(pmip.Error, lma.complete, 1, 0, 5, name='PMIP_ERR_NOENT')
    raises(pmip.Error, lma.revoke, 'mn@x', None, 1, 5, name='PMIP_ERR_NOENT')
    refused = raises(pmip.WireError, pmip.decode, b'\x3b\0\5', name='PMIP_ERR_SHORT')
    assert refused.diag.offset == 3 and refused.diag.rule in str(refused)
    raises(pmip.WireError, flow.decode, b'\x60' + bytes(20), name='PMIP_ERR_SHORT')
    for code in pmip.Err:
        assert pmip.error.make(code, None).name == f'PMIP_ERR_{code.name}'
    assert issubclass(pmip.NoMemory, MemoryError) and issubclass(pmip.WireError, pmip.Error)


def of_types():
    """What is not what it should be, everywhere that a value goes in."""
    lma = pmip.Lma(pmip.LmaConfig())
    for bad in (3, object(), 'no address', b'123', 1.5):
        raises((TypeError, ValueError), pmip.Flow, src=bad)
        raises((TypeError, ValueError, OverflowError), pmip.decode, b'', bad, '::1')
    for bad in ('2001:db8::/129', '2001:db8::1/64', 7, object()):
        raises((TypeError, ValueError), lma.find_binding, bad)
    for bad in (-1, 2 ** 64, 'soon', (1, 2, 3), (1, 'x'), None):
        raises((TypeError, OverflowError), lma.handle_timeout, bad)
    for bad in (None, 'x', pmip.Flow(), lma):
        raises(TypeError, lma.input, bad, 1)
        raises(TypeError, flow.Classifier().add, bad)
        raises(TypeError, flow.Policy().add_rule, bad)
    for bad in (None, 'x', pmip.Dgram()):
        raises(TypeError, lma.add_flow, bad, 1)
        raises(TypeError, flow.Applications().add, 'web', bad)
    raises(TypeError, pmip.Flow, sauce='::1')
    raises(TypeError, pmip.LmaConfig, max_binding=3)
    raises(TypeError, pmip.Message, 'BU', sequence=1)
    raises(ValueError, pmip.Message, 'NO')
    raises(ValueError, pmip.Option, 'NO')
    raises(TypeError, pmip.Option('HNP', prefix='2001:db8::/64').__class__, 'HNP', prefixes=1)
    raises(AttributeError, lambda: pmip.Message('BU').nothing)
    raises(AttributeError, lambda: pmip.Option('HI' if 'HI' in pmip.OPTIONS else 'HNP').nothing)
    raises((TypeError, ValueError, OverflowError), pmip.Message('BU', seq=65536).encode)
    raises((TypeError, ValueError), pmip.Message('BU', [pmip.Option('HNP', prefix=5)]).encode)
    raises(ValueError, pmip.Lma, pmip.LmaConfig(), hash_key=b'short')
    raises((TypeError, ValueError), pmip.Profile, prefix=['2001:db8::/64'] * 9)
    raises(OverflowError, pmip.Flow, protocol=256)


def of_closed_objects():
    """A closed one says so."""
    with pmip.Lma(pmip.LmaConfig()) as lma:
        assert lma.count_bindings() == 0
    assert repr(lma) == '<Lma closed>'
    raises(TypeError, lma.count_bindings)
    raises(TypeError, lma.next_action)
    raises(TypeError, list, lma.bindings())
    config = pmip.LmaConfig()
    config.close()
    config.close()
    raises(TypeError, pmip.Lma, config)
    manager = flow.Manager()
    manager.close()
    raises(TypeError, manager.is_ready)
    policy = flow.Policy()
    policy.close()
    raises(TypeError, policy.decide, flow.PolicyInput())
    raises(TypeError, flow.Manager, policy=policy)


of_the_library()
of_types()
of_closed_objects()
print('every error is an exception')
