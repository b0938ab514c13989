# SPDX-License-Identifier: BSD-2-Clause
"""The engine of a MAG, and its configuration."""
from .base import Config
from .engine import Engine
from .generated import MagBase, MagConfigBase


class MagConfig(MagConfigBase, Config):
    __doc__ = MagConfigBase.__doc__


class Mag(MagBase, Engine):
    __doc__ = MagBase.__doc__
