#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Messages to and fro: build a Proxy Binding Update, read it back, change it, and see why a broken one is refused."""
import pmip

MAG, LMA = '2001:db8:1a::1', '2001:db8:a::1'
pbu = pmip.Message('BU', [
    pmip.Option('MN-ID', nai='mn1@example.com'),
    pmip.Option('HNP', prefix='::/0'),
    pmip.Option('HandoffIndicator', hi=pmip.Hi.NEW_INTERFACE),
    pmip.Option('AccessTechType', att=pmip.Att.WLAN),
    pmip.Option('Timestamp', timestamp=82726354976768),
], seq=1, flags=pmip.BuFlag.A | pmip.BuFlag.P, lifetime_s=3600)
octets = pbu.encode(MAG, LMA)
print(octets.hex())

message = pmip.decode(octets, MAG, LMA)
print(message)
print('whose:', message.option('MN-ID').nai, 'for', message.lifetime_s, 'seconds')
print('an extension of it:', message.replace(seq=2, lifetime_s=7200).encode(MAG, LMA).hex())

try:
    pmip.decode(octets[:-1] + b'\xff', MAG, LMA)
except pmip.WireError as error:
    print('refused:', error)
