#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""captured.py [CAPTURE]: the registrations in a capture, and what was refused. Without a capture, those of a domain that runs here."""
import struct
import sys
import tempfile

import pmip

MAG, LMA = '2001:db8:1a::1', '2001:db8:a::1'


def make_capture(path):
    """What a MAG and an LMA say when a mobile node comes, and a message that is broken."""
    lma_config, mag_config = pmip.LmaConfig(address=LMA), pmip.MagConfig(proxy_coa=MAG, lma=LMA)
    lma_config.add_pool('2001:db8:100::/48', 64)
    lma_config.add_peer(pmip.Peer(addr=MAG))
    for config in (lma_config, mag_config):
        config.add_profile(pmip.Profile(mn_id='mn1@example.com', ll_id='02:00:00:00:00:01'))
    lma, mag = pmip.Lma(lma_config), pmip.Mag(mag_config)
    mag.attach(pmip.Attach(link=1, ll_id='02:00:00:00:00:01', att=pmip.Att.WLAN), 1000000)
    sent = []
    for sender, receiver in ((mag, lma), (lma, mag)):
        for action in sender.run(1000000):
            if isinstance(action, pmip.Dgram):
                sent.append(action)
                receiver.input(action, 1000000)
    sent.append(pmip.Dgram(src=MAG, dst=LMA, data=sent[0].data[:-1] + b'\xff'))
    with open(path, 'wb') as file:
        file.write(struct.pack('<IHHiIII', 0xa1b2c3d4, 2, 4, 0, 0, 65535, 101))
        for second, dgram in enumerate(sent):
            packet = struct.pack('>IHBB', 0x60000000, len(dgram.data), pmip.lib.PMIP_IPPROTO_MH, 64) + dgram.src.packed + dgram.dst.packed + dgram.data
            file.write(struct.pack('<IIII', second, 0, len(packet), len(packet)) + packet)


def main(path):
    """A line for each message."""
    for received in pmip.messages(path):
        if received.error is not None:
            print(f'{received.src} > {received.dst}: refused, {received.error}')
            continue
        message, named = received.message, received.message.option('MN-ID')
        prefixes = [str(option.prefix) for option in message.options if option.id == 'HNP']
        print(f'{received.src} > {received.dst}: {message.id} {message.values}, {named.nai if named else "nobody"}, {prefixes}')


if len(sys.argv) > 1:
    main(sys.argv[1])
else:
    with tempfile.NamedTemporaryFile() as capture:
        make_capture(capture.name)
        main(capture.name)
